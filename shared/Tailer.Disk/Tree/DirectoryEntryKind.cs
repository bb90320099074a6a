namespace Tailer.Disk;

/// <summary>What readdir(3) says of an entry without looking at the file itself.</summary>
public enum DirectoryEntryKind
{
    Unknown,
    File,
    Directory,
    Link,
    Other,
}
