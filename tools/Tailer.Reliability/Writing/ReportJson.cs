using System.Text.Json.Serialization;

namespace Tailer.Reliability;

[JsonSerializable(typeof(Incarnation))]
[JsonSerializable(typeof(WriterEnd))]
internal sealed partial class ReportJson : JsonSerializerContext;
