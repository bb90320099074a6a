using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>The job list as it is on disk. Read only by archie itself; unknown fields are ignored, so that an older one can start.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(HistoryJob[]))]
internal sealed partial class HistoryJson : JsonSerializerContext;
