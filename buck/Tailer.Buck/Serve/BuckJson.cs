using System.Text.Json.Serialization;

namespace Tailer.Buck;

/// <summary>Everything the buck reads and writes as JSON, made at build time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(SubscribeRequest))]
[JsonSerializable(typeof(HubBatch))]
[JsonSerializable(typeof(LoadAnswer))]
[JsonSerializable(typeof(BuckStatus))]
[JsonSerializable(typeof(SavedCounters))]
[JsonSerializable(typeof(DiskIdentity))]
[JsonSerializable(typeof(KnownDisks))]
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(string))]
internal sealed partial class BuckJson : JsonSerializerContext;
