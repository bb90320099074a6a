namespace Tailer.Cli.Show;

/// <summary>
/// How far the work on a large file is: one line on a terminal, rewritten a few times a second, gone when the file is done. Silent
/// elsewhere, and for what is done within half a second. Not thread-safe.
/// </summary>
internal sealed class ProgressLine(TextWriter error, bool isTerminal, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private string name = "";
    private long totalBytes;
    private long began;
    private long shown;
    private bool isShown;

    public void Begin(string file, long bytes)
    {
        Clear();
        name = file.Length > 60 ? "..." + file[^57..] : file;
        totalBytes = bytes;
        began = shown = clock.GetTimestamp();
    }

    public void Report(long doneBytes)
    {
        if (!isTerminal || clock.GetElapsedTime(began) < Patience || (isShown && clock.GetElapsedTime(shown) < Pause))
            return;
        shown = clock.GetTimestamp();
        isShown = true;
        double seconds = clock.GetElapsedTime(began).TotalSeconds;
        error.Write(string.Create(
            System.Globalization.CultureInfo.InvariantCulture,
            $"\r{Printable.Of(name)}  {100.0 * doneBytes / Math.Max(totalBytes, 1):0} %  {Quantity.Bytes((long)(doneBytes / seconds))}/s\u001b[K"));
    }

    public void Clear()
    {
        if (isShown)
            error.Write("\r\u001b[K");
        isShown = false;
    }
}
