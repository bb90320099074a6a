using System.Globalization;
using System.Text;

namespace Tailer.EndToEnd.Tests;

/// <summary>
/// A log, and beside each line what rules are to make of it, said by hand: sent as it is, sent with stars, dropped, or kept out by a limit. From this
/// follow the text that is sent, the ranges that are missing, and those that are altered.
/// </summary>
internal sealed class RuledLog
{
    private readonly List<(string Line, string? Sent, Fate Fate)> lines = [];

    private enum Fate
    {
        Sent,
        Dropped,
        Limited,
    }

    /// <summary>The file.</summary>
    public string Text => string.Concat(lines.Select(line => line.Line));

    /// <summary>What must not be found anywhere; nothing here is part of what is sent.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>A line that is sent; of <paramref name="secrets"/>, which are in it, every byte becomes a star.</summary>
    public void Sent(string line, params string[] secrets)
    {
        string sent = line;
        foreach (string secret in secrets)
        {
            Assert.Contains(secret, line, StringComparison.Ordinal);
            sent = sent.Replace(secret, new string('*', Encoding.UTF8.GetByteCount(secret)), StringComparison.Ordinal);
        }
        Secrets.AddRange(secrets);
        lines.Add((line + "\n", sent + "\n", Fate.Sent));
    }

    public void Dropped(string line, params string[] secrets)
    {
        Secrets.AddRange(secrets);
        lines.Add((line + "\n", null, Fate.Dropped));
    }

    public void Limited(string line) => lines.Add((line + "\n", null, Fate.Limited));

    /// <summary>Each event that is to be held: a line, or the record in the place of those that a limit kept out.</summary>
    public IEnumerable<(long Offset, string Text, bool IsAltered)> Events(int rate)
    {
        long at = 0;
        for (int i = 0; i < lines.Count;)
        {
            if (lines[i].Fate == Fate.Sent)
            {
                yield return (at, lines[i].Sent!, lines[i].Sent != lines[i].Line);
                at += Bytes(lines[i++].Line);
                continue;
            }
            if (lines[i].Fate == Fate.Dropped)
            {
                at += Bytes(lines[i++].Line);
                continue;
            }
            long from = at, to = at;
            int count = 0;
            for (; i < lines.Count && lines[i].Fate != Fate.Sent; i++)
            {
                at += Bytes(lines[i].Line);
                count += lines[i].Fate == Fate.Limited ? 1 : 0;
                to = lines[i].Fate == Fate.Limited ? at : to;
            }
            yield return (from, string.Create(CultureInfo.InvariantCulture, $"suppressed {count} lines, bytes {from}..{to}: more than {rate} lines a second\n"), true);
        }
    }

    /// <summary>Ranges between events and at the end, joined.</summary>
    public List<(long From, long To)> Holes(int rate)
    {
        var holes = new List<(long From, long To)>();
        long end = 0;
        foreach ((long offset, string text, _) in Events(rate).Append((Bytes(Text), "", false)))
        {
            if (offset > end)
                holes.Add((end, offset));
            end = offset + Bytes(text);
        }
        return holes;
    }

    /// <summary>Ranges of events that were altered, joined where they touch.</summary>
    public List<(long From, long To)> Altered(int rate)
    {
        var altered = new List<(long From, long To)>();
        foreach ((long offset, string text, _) in Events(rate).Where(e => e.IsAltered))
        {
            if (altered.Count > 0 && altered[^1].To == offset)
                altered[^1] = (altered[^1].From, offset + Bytes(text));
            else
                altered.Add((offset, offset + Bytes(text)));
        }
        return altered;
    }

    private static long Bytes(string text) => Encoding.UTF8.GetByteCount(text);
}
