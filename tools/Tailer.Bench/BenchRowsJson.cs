using System.Text.Json.Serialization;

namespace Tailer.Bench;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(List<BenchRow>))]
internal sealed partial class BenchRowsJson : JsonSerializerContext;
