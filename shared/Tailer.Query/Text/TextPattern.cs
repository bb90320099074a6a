using System.Text;

namespace Tailer.Queries;

/// <summary>
/// Terms and phrases: a text found anywhere in a line, by folded case, that does not cut a term of the line in two. A star
/// between or around its parts stands for any number of term characters.
/// </summary>
internal sealed class TextPattern
{
    private readonly Literal[] parts;
    private readonly bool startsWithTerm;
    private readonly bool endsWithTerm;

    public TextPattern(IReadOnlyList<string> parts)
    {
        this.parts = [.. parts.Select(part => new Literal(part, ignoreCase: true))];
        startsWithTerm = parts[0].Length > 0 && TermChars.Contains(parts[0].EnumerateRunes().First());
        endsWithTerm = parts[^1].Length > 0 && TermChars.Contains(parts[^1].EnumerateRunes().Last());
    }

    public IReadOnlyList<Literal> Literals => parts;

    /// <summary>True when the part's first character must start a term of the line.</summary>
    public bool IsWholeAtStart(int part) => part == 0 && startsWithTerm;

    public bool IsWholeAtEnd(int part) => part == parts.Length - 1 && endsWithTerm;

    public bool IsIn(ReadOnlySpan<byte> line)
    {
        // A leading star reaches back to the start of the term by itself, so the search may begin with the next part.
        int first = parts[0].IsEmpty ? 1 : 0;
        Span<Gap> gaps = parts.Length > 1 ? stackalloc Gap[parts.Length] : [];
        gaps.Clear();
        var run = default(TermRun);
        int cursor = 0;
        while (parts[first].Next(line, ref cursor, out int start, out int end))
        {
            if (first == 0 && startsWithTerm && TermChars.Before(line, start))
                continue;
            if (parts.Length == 1 ? IsEnd(line, end) : Continues(line, first, end, gaps, ref run))
                return true;
        }
        return false;
    }

    private bool IsEnd(ReadOnlySpan<byte> line, int end) => !endsWithTerm || !TermChars.At(line, end);

    /// <summary>
    /// Finds the parts after the first, each at the earliest place the star before it can reach. Earliest is enough: a star
    /// reaches over term characters only, so a later place of the same part can never reach further than an earlier one.
    /// </summary>
    private bool Continues(ReadOnlySpan<byte> line, int first, int end, Span<Gap> gaps, ref TermRun run)
    {
        if (first == parts.Length - 1)
            return IsEnd(line, end);
        for (int part = first + 1; part < parts.Length; part++)
        {
            if (parts[part].IsEmpty)
                return true;
            ref Gap gap = ref gaps[part];
            if (!gap.Answers(end))
                gap = Search(line, part, end, run.EndFrom(line, end));
            if (gap.Start < 0)
                return false;
            end = gap.End;
        }
        return true;
    }

    private Gap Search(ReadOnlySpan<byte> line, int part, int from, int reach)
    {
        bool last = part == parts.Length - 1;
        ReadOnlySpan<byte> window = line[from..Math.Min(line.Length, reach + parts[part].BytesMax)];
        int cursor = 0;
        while (parts[part].Next(window, ref cursor, out int start, out int end) && from + start <= reach)
        {
            if (!last || IsEnd(line, from + end))
                return new Gap(from, from + start, from + end);
        }
        return new Gap(from, -1, reach);
    }

    /// <summary>
    /// What a search from one place found, kept because it answers every later place up to there too; without it a line
    /// of one long term would cost the square of its length.
    /// </summary>
    private readonly record struct Gap(int From, int Start, int End)
    {
        public bool Answers(int from) => End > 0 && from >= From && from <= (Start < 0 ? End : Start);
    }

    /// <summary>The run of term characters asked for last, whose end is the same from every character in it.</summary>
    private struct TermRun
    {
        private int from;
        private int end;

        public int EndFrom(ReadOnlySpan<byte> line, int place)
        {
            if (place < from || place >= end)
                (from, end) = (place, TermChars.RunEnd(line, place));
            return end;
        }
    }
}
