using System.Text.Json.Serialization;

namespace Tailer.Archie;

/// <summary>Everything archie answers as JSON, save events, which are written by hand. Names: docs/formats/http.md; keep in sync.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(ConfigAnswer))]
[JsonSerializable(typeof(TicketAnswer))]
[JsonSerializable(typeof(SearchSummary))]
[JsonSerializable(typeof(HistogramAnswer))]
[JsonSerializable(typeof(AnswerSource[]))]
[JsonSerializable(typeof(HistoryRequest))]
[JsonSerializable(typeof(HistoryJobAnswer))]
[JsonSerializable(typeof(HistoryList))]
[JsonSerializable(typeof(StatusAnswer))]
[JsonSerializable(typeof(BuckReport))]
internal sealed partial class ArchieJson : JsonSerializerContext;
