using System.Globalization;
using System.Text.Json;
using Tailer.Blocks;
using Tailer.Cli.Show;

namespace Tailer.Cli.Inspect;

/// <summary>A value as people read it and as programs do.</summary>
/// <param name="Text">For people.</param>
/// <param name="Json">For programs: a number, a string, a boolean, strings, or null.</param>
/// <param name="IsNumber">Aligned to the right in tables.</param>
internal readonly record struct Cell(string Text, object? Json, bool IsNumber = false)
{
    public static Cell None { get; } = new("", null);

    public static Cell Of(string text) => new(Printable.Of(text), text);

    /// <summary>A text that is long: a table shows its first characters.</summary>
    public static Cell Id(string id, bool whole) => new(whole ? id : id[..8], id);

    public static Cell Number(long value) => new(Quantity.Number(value), value, true);

    /// <summary>A place in a file, without separators so that other tools take it.</summary>
    public static Cell Offset(long value) => new(value.ToString(CultureInfo.InvariantCulture), value, true);

    public static Cell Bytes(long value) => new(Quantity.Bytes(value), value, true);

    public static Cell Flag(bool value, string text) => new(value ? text : "", value);

    public static Cell Time(ulong time) => time == 0 ? None : new(Quantity.Time(time), LogTime.Format(time));

    /// <summary>The day is left out where it is that of the time before.</summary>
    public static Cell TimeAfter(ulong time, ulong before) => new(Quantity.TimeAfter(time, before), LogTime.Format(time));

    /// <summary>How many times smaller it became.</summary>
    public static Cell Ratio(long rawBytes, long storedBytes)
    {
        double ratio = storedBytes == 0 ? 0 : Math.Round((double)rawBytes / storedBytes, 2);
        return new Cell(ratio.ToString("0.0", CultureInfo.InvariantCulture), ratio, true);
    }

    public static Cell List(IReadOnlyCollection<string> texts) => new(Printable.Of(string.Join(' ', texts)), texts);

    public void WriteTo(Utf8JsonWriter json)
    {
        switch (Json)
        {
            case null: json.WriteNullValue(); break;
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case long number: json.WriteNumberValue(number); break;
            case ulong number: json.WriteNumberValue(number); break;
            case double number: json.WriteNumberValue(number); break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (string text in texts)
                    json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default: throw new InvalidOperationException($"a cell cannot hold a {Json.GetType()}");
        }
    }
}
