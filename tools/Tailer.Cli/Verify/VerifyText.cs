using System.Globalization;
using Tailer.Cli.Show;

namespace Tailer.Cli.Verify;

/// <summary>A line for each file; below a damaged one what is wrong, what it means and what to do.</summary>
internal sealed class VerifyText(TextWriter output, TextWriter error, bool colours) : IVerifyOutput
{
    private int whole, damaged, unread;
    private long events, rawBytes;

    public void Proven(FileProof proof)
    {
        string state = proof.IsWhole ? Paint(32, "ok     ") : Paint(31, "damaged");
        output.WriteLine($"{state} {Printable.Of(proof.Path)}  {Facts(proof)}");
        FindingText.Write(output, proof);
        events += proof.Events;
        rawBytes += proof.RawBytes;
        _ = proof.IsWhole ? whole++ : damaged++;
        output.Flush();
    }

    public void Unread(string path, string reason)
    {
        string message = reason.StartsWith(path, StringComparison.Ordinal) ? reason : $"{path}: {reason}";
        error.WriteLine($"tailer: {Printable.Of(message)}");
        unread++;
    }

    public void End()
    {
        if (whole + damaged + unread > 1)
        {
            string sum = string.Create(CultureInfo.InvariantCulture, $"{whole + damaged + unread} files: {whole} ok, {damaged} damaged, {unread} not read; {Quantity.Count(events, "event")}, {Quantity.Bytes(rawBytes)} raw");
            output.WriteLine(damaged + unread == 0 ? Paint(32, sum) : Paint(31, sum));
        }
        output.Flush();
    }

    private static string Facts(FileProof proof)
    {
        string parts = proof.Form == FileForm.Bucket ? $", {Quantity.Count(proof.Parts, "record")}" : "";
        return $"{proof.Kind}{parts}, {Quantity.Count(proof.Events, "event")}, {Quantity.Bytes(proof.RawBytes)} raw, {Quantity.Seconds(proof.Elapsed)}";
    }

    private string Paint(int colour, string text) => colours ? $"\u001b[{colour}m{text}\u001b[0m" : text;
}
