using System.Buffers;
using System.Text;
using Tailer.Blocks;

namespace Tailer.Agent;

/// <summary>
/// Tells by one vectorised search of a line's bytes that it surely has not a certain text, in any view. May say that it has it when it
/// has not.
/// </summary>
internal sealed class LiteralFilter
{
    /// <summary>What Docker's JSON never escapes.</summary>
    private static readonly SearchValues<char> Unescaped =
        SearchValues.Create(" !#$%'()*+,-.0123456789:;=?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    private readonly byte[] utf8;
    private readonly byte[] utf16Le;
    private readonly byte[] utf16Be;
    private readonly bool isUnescaped;

    public LiteralFilter(string literal)
    {
        utf8 = Encoding.UTF8.GetBytes(literal);
        utf16Le = Encoding.Unicode.GetBytes(literal);
        utf16Be = Encoding.BigEndianUnicode.GetBytes(literal);
        isUnescaped = !literal.AsSpan().ContainsAnyExcept(Unescaped);
    }

    public bool MayHave(SourceView view, ReadOnlySpan<byte> bytes) => view switch
    {
        SourceView.Utf16Le => bytes.IndexOf(utf16Le) >= 0,
        SourceView.Utf16Be => bytes.IndexOf(utf16Be) >= 0,
        SourceView.DockerJson when !isUnescaped => true,
        _ => bytes.IndexOf(utf8) >= 0,
    };
}
