namespace Tailer.Agent;

/// <summary>Whole records of the spool from one mark to another, and the bytes they take.</summary>
internal readonly record struct SpoolRange(SpoolMark From, SpoolMark To, long Bytes);
