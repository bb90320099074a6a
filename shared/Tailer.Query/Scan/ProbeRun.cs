using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>
/// A run of letters, or of digits, of a probe's text. Tokenizers never cut such a run in two, so a line with the text has it
/// whole in its lead, in static text or in one variable. The one cut there is, behind <c>0x</c>, is why an x at the begin is left out.
/// </summary>
internal sealed class ProbeRun
{
    /// <summary>Runs looked up for one text, the longest first; the others are left to the match itself.</summary>
    private const int RunsMax = 3;

    private const int TellingLength = 3;

    private readonly MaskedBytes bytes;

    private ProbeRun(string text, bool ignoreCase)
    {
        IsDigits = char.IsAsciiDigit(text[0]);
        Length = text.Length;
        bytes = new MaskedBytes(System.Text.Encoding.ASCII.GetBytes(text), ignoreCase && !IsDigits);
    }

    public bool IsDigits { get; }

    public int Length { get; }

    public SlotClass Class => IsDigits ? SlotClass.Digits : SlotClass.Word;

    public int IndexIn(ReadOnlySpan<byte> text) => bytes.IndexIn(text);

    public static ProbeRun[] Of(QueryProbe probe)
    {
        var runs = new List<ProbeRun>();
        string text = probe.Text;
        for (int at = 0; at < text.Length;)
        {
            int end = at + 1;
            Func<char, bool> same = char.IsAsciiDigit(text[at]) ? char.IsAsciiDigit : char.IsAsciiLetter;
            if (same(text[at]))
            {
                while (end < text.Length && same(text[end]))
                    end++;
                int start = text[at] is 'x' or 'X' ? at + 1 : at;
                if (start < end)
                    runs.Add(new ProbeRun(text[start..end], probe.IgnoreCase));
            }
            at = end;
        }
        // A short run is nearly everywhere, so it is only looked up when there is no other.
        ProbeRun[] longest = [.. runs.OrderByDescending(run => run.Length).Take(RunsMax)];
        return [.. longest.Where((run, i) => i == 0 || run.Length >= TellingLength)];
    }
}
