namespace Tailer.Agent;

/// <summary>What readdir(3) says of an entry without looking at the file itself.</summary>
internal enum DirectoryEntryKind
{
    Unknown,
    File,
    Directory,
    Link,
    Other,
}
