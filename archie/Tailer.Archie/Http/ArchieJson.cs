using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>Everything archie answers as JSON, save events, which are written by hand. Names: docs/formats/http.md; keep in sync.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UseStringEnumConverter = false)]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ArchieJson : JsonSerializerContext;
