using System.Text;
using Tailer.Blocks;

namespace Tailer.Queries;

/// <summary>What block filters are asked for to find a text: keys that every line with the text has.</summary>
internal static class ProbeKeys
{
    /// <summary>More would hardly exclude more.</summary>
    private const int KeysMax = 32;

    /// <summary>Keys, and for numbers how many digits they have (else 0).</summary>
    public static (ulong Key, int Digits)[] Of(QueryProbe probe)
    {
        var keys = new List<(ulong Key, int Digits)>();
        string text = probe.Text;
        for (int at = 0; at < text.Length && keys.Count < KeysMax;)
        {
            int end = at;
            while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
                end++;
            if (end > at)
            {
                bool startsHere = at > 0 ? IsBorder(text[at - 1]) : probe.IsWholeAtStart;
                bool endsHere = end < text.Length ? IsBorder(text[end]) : probe.IsWholeAtEnd;
                Add(text[at..end], startsHere, endsHere, keys);
            }
            at = end + 1;
        }
        return [.. keys];
    }

    /// <summary>Next to a letter beyond ASCII a run of ASCII letters and digits ends for tokenizers too.</summary>
    private static bool IsBorder(char c) => !char.IsAsciiLetterOrDigit(c);

    private static void Add(string run, bool startsHere, bool endsHere, List<(ulong Key, int Digits)> keys)
    {
        byte[] bytes = Encoding.ASCII.GetBytes(run);
        if (startsHere && endsHere && FilterKey.IsId(bytes))
            keys.Add((FilterKey.OfId(bytes), 0));
        for (int at = 0; at < bytes.Length;)
        {
            bool digits = char.IsAsciiDigit((char)bytes[at]);
            int end = at + 1;
            while (end < bytes.Length && char.IsAsciiDigit((char)bytes[end]) == digits)
                end++;
            if (digits && end - at >= FilterKey.NumberDigitsMin && (at > 0 || startsHere) && (end < bytes.Length || endsHere))
                keys.Add((FilterKey.OfNumber(bytes.AsSpan(at..end)), end - at));
            // A run of letters may be cut behind 0x.
            int first = (bytes[at] | 0x20) == 'x' ? at + 1 : at;
            for (int i = first; !digits && i + FilterKey.TrigramBytes <= end; i++)
                keys.Add((FilterKey.OfTrigram(bytes[i], bytes[i + 1], bytes[i + 2]), 0));
            at = end;
        }
    }
}
