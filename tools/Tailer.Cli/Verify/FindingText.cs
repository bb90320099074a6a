using Tailer.Cli.Show;

namespace Tailer.Cli.Verify;

/// <summary>Damage for people: the bytes, what is wrong with them, what that means; at the end what to do.</summary>
internal static class FindingText
{
    public static void Write(TextWriter output, FileProof proof)
    {
        foreach (Finding finding in proof.Findings)
        {
            output.WriteLine($"        bytes {finding.From}..{finding.To}: {finding.What}");
            output.WriteLine($"            {finding.Means}");
        }
        if (proof.FindingsLeftOut > 0)
            output.WriteLine($"        ... and {Quantity.Number(proof.FindingsLeftOut)} more");
        if (!proof.IsWhole)
            output.WriteLine($"        to do: {proof.Advice}");
    }
}
