using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tailer.Buck;

/// <summary>Writes the batch as it is.</summary>
internal sealed class HubBatchConverter : JsonConverter<HubBatch>
{
    public override HubBatch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("batches are only sent");

    public override void Write(Utf8JsonWriter writer, HubBatch value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Json.Span, skipInputValidation: true);
}
