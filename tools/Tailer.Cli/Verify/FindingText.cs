using Tailer.Cli.Show;

namespace Tailer.Cli.Verify;

/// <summary>Damage for people: the bytes, what is wrong with them, what that means; at the end what to do.</summary>
internal static class FindingText
{
    private const int Indent = 8;

    public static void Write(TextWriter output, FileProof proof)
    {
        foreach (string note in proof.Notes)
            Paragraph.Write(output, Indent, $"note: {note}");
        foreach (Finding finding in proof.Findings)
        {
            Paragraph.Write(output, Indent, $"bytes {finding.From}..{finding.To}: {finding.What}");
            Paragraph.Write(output, Indent + 4, finding.Means);
        }
        if (proof.FindingsLeftOut > 0)
            Paragraph.Write(output, Indent, $"... and {Quantity.Number(proof.FindingsLeftOut)} more");
        if (!proof.IsWhole)
            Paragraph.Write(output, Indent, $"to do: {proof.Advice}");
    }
}
