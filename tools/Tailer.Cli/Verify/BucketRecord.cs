using Tailer.Blocks;

namespace Tailer.Cli.Verify;

/// <summary>A record of a bucket file, as far as it could be read.</summary>
/// <param name="Position">Its byte in the file.</param>
/// <param name="Header">Proven by its checksum.</param>
/// <param name="Frame">Null when it is no packet, or the frame's header is damaged.</param>
/// <param name="Manifest">Null when it is none, or damaged.</param>
/// <param name="IsRepeat">A whole record of the same id stands before it.</param>
/// <param name="Wrong">What is wrong with it; null when nothing.</param>
internal sealed record BucketRecord(long Position, RecordHeader Header, FrameHeader? Frame, Manifest? Manifest, bool IsRepeat, string? Wrong);
