using System.Text.Json.Serialization;

namespace Tailer.Buck;

/// <summary>A batch that was encoded once for all its viewers; the hub's protocol only copies it.</summary>
[JsonConverter(typeof(HubBatchConverter))]
internal sealed record HubBatch(ReadOnlyMemory<byte> Json);
