using System.Net;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>Where the secure channel listens, and as whom.</summary>
internal sealed record WireOptions(IPEndPoint Listen, CredentialFile Credential, string Software);
