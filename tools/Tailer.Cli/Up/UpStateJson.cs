using System.Text.Json.Serialization;

namespace Tailer.Cli.Up;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(UpState))]
internal sealed partial class UpStateJson : JsonSerializerContext;
