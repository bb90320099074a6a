namespace Tailer.Porter;

/// <summary>A part of a bucket file's listing.</summary>
/// <param name="Next">Where the next part starts.</param>
/// <param name="AtEnd">There is no next part now.</param>
/// <param name="Absent">There is no such file (any more).</param>
internal sealed record RecordPage(long Next, bool AtEnd, bool Absent, IReadOnlyList<ListedRecord> Records);
