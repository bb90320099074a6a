using System.Net;
using Tailer.Wire;

namespace Tailer.Buck;

/// <summary>Where the secure channel listens, as whom, and whom it believes.</summary>
internal sealed record WireOptions(IPEndPoint Listen, CredentialFile Credential, string Software, Func<EnvironmentTrust> Trust);
