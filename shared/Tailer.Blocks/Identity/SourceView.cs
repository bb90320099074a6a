namespace Tailer.Blocks;

/// <summary>How search and pages read a source's bytes; the values are in frames.</summary>
public enum SourceView : byte
{
    Utf8 = 0,
    Utf16Le = 1,
    Utf16Be = 2,
    DockerJson = 3,
    Cri = 4,
    Opaque = 255,
}
