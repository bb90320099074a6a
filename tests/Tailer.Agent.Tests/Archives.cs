using System.IO.Compression;
using Tailer.Blocks.Native;

namespace Tailer.Agent.Tests;

/// <summary>What gzip and zstd make of bytes.</summary>
internal static class Archives
{
    private static readonly byte[] EmptyGzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];

    public static byte[] Pack(ReadOnlySpan<byte> bytes, Packing packing)
    {
        if (packing == Packing.None)
            return bytes.ToArray();
        if (packing == Packing.Zstd)
        {
            byte[] buffer = new byte[Zstd.CompressBound(bytes.Length)];
            return buffer[..Zstd.Compress(bytes, buffer, level: 1)];
        }
        // .NET writes nothing at all for nothing, gzip a file that says so.
        if (bytes.IsEmpty)
            return EmptyGzip;
        using var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            stream.Write(bytes);
        return packed.ToArray();
    }
}
