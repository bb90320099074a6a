using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Cuts bytes into lines with their line ends. A line longer than 64 KiB is cut into parts of that size, counted from the line's
/// start (or from the position at which an unfinished line was sent), so that reading again cuts in the same places.
/// </summary>
internal static class LineSplitter
{
    /// <summary>False when the bytes hold neither a whole line nor a full part.</summary>
    public static bool TryNext(ReadOnlySpan<byte> bytes, out int length, out bool isPart)
    {
        ReadOnlySpan<byte> window = bytes.Length > Limits.EventBytesMax ? bytes[..Limits.EventBytesMax] : bytes;
        int end = window.IndexOf((byte)'\n');
        isPart = end < 0;
        length = isPart ? Limits.EventBytesMax : end + 1;
        return !isPart || window.Length == Limits.EventBytesMax;
    }
}
