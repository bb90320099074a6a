using Tailer.Blocks;
using Tailer.Queries;

namespace Tailer.Agent;

/// <summary>Finds out how a file is to be read from its first bytes.</summary>
internal static class ViewFinder
{
    /// <summary>A CRI line says within so many bytes that it is one.</summary>
    private const int HeadBytes = 64;

    /// <summary>
    /// Null while more bytes are needed to know, which is never so once a line is whole, unless <paramref name="isFinal"/>: then what is
    /// there decides.
    /// </summary>
    public static SourceView? Find(ReadOnlySpan<byte> start, bool isFinal)
    {
        if (start.Length >= 2 && start[0] == 0xFF && start[1] == 0xFE)
            return SourceView.Utf16Le;
        if (start.Length >= 2 && start[0] == 0xFE && start[1] == 0xFF)
            return SourceView.Utf16Be;
        if (!isFinal && start is [] or [0xFE] or [0xFF])
            return null;
        if (start.StartsWith(LineView.DockerStart))
            return SourceView.DockerJson;
        if (!isFinal && start.Length < HeadBytes && !start.Contains((byte)'\n'))
            return LineView.DockerStart.StartsWith(start) || LineScanner.IsDigit(start[0]) ? null : SourceView.Utf8;
        return IsCri(start) ? SourceView.Cri : SourceView.Utf8;
    }

    /// <summary><c>2026-11-22T09:00:00.123456789Z stdout F text</c>: Kubernetes' format of container logs.</summary>
    private static bool IsCri(ReadOnlySpan<byte> line)
    {
        int blank = line.IndexOf((byte)' ');
        if (blank < 20 || line[4] != '-' || line[10] != 'T')
            return false;
        ReadOnlySpan<byte> rest = line[(blank + 1)..];
        return (rest.StartsWith("stdout "u8) || rest.StartsWith("stderr "u8)) && rest.Length > 8 && rest[7] is (byte)'F' or (byte)'P' && rest[8] is (byte)' ' or (byte)':' or (byte)'\n';
    }
}
