using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Tailer.Blocks;

namespace Tailer.Queries.Tests;

/// <summary>Small alphabets, so that queries often match, and with everything that is special somewhere.</summary>
internal static class Generators
{
    private static readonly string[] Pieces =
        ["a", "b", "A", "aa", "ab", "_", "7", "k", "S", "é", "É", "ß", "ẞ", "σ", "ς", "Σ", "Ⱥ", "ⱥ", "жЖ", "水", "😀", " ", "-", "=", ":", "\"", "'", "\\", "*", "(", ")", "/", "~", ".", ",", "x=", "x: ", "\"x\":\"", "OR", "\u0301", "\u212A", "ſ"];

    public static Gen<string> Text(int piecesMax) =>
        Gen.Choose(1, piecesMax).SelectMany(n => Gen.ArrayOf(Gen.Elements(Pieces), n)).Select(pieces => string.Concat(pieces));

    public static Gen<byte[]> Line { get; } =
        Gen.Choose(0, 9).SelectMany(n => Gen.ArrayOf(Gen.Frequency(
            (12, Gen.Elements(Pieces).Select(Encoding.UTF8.GetBytes)),
            (1, Gen.Elements<byte[]>([0xff], [0xc3], [0xe6, 0xb0], [0x80], [0xed, 0xa0, 0x80]))), n)).Select(chunks => chunks.SelectMany(chunk => chunk).ToArray());

    public static Gen<Sample> Sample { get; } =
        from line in Line
        from host in Gen.Elements("", "a", "Ab", "aab", "É7")
        from app in Gen.Elements("", "a", "b-a")
        from path in Gen.Elements("", "/a/b", "/A/b a", "a*b")
        from pid in Gen.Choose(0, 2)
        from severity in Gen.Choose(0, 9)
        from tags in Gen.Elements<KeyValuePair<string, string>[]>([], [new("a", "b")], [new("a", ""), new("x", "É7")])
        select new Sample(line, host, app, host, path, (uint)pid, (Severity)severity) { Tags = tags };

    private static Gen<string[]> Starred(int piecesMax) => Gen.Frequency(
        (3, Text(piecesMax).Select(text => new[] { text })),
        (1, from first in Gen.Elements("", "a", "b")
            from middle in Gen.ArrayOf(Text(1), 1)
            from last in Gen.Elements("", "b", "é")
            from count in Gen.Choose(0, 1)
            select (string[])[first, .. middle.Take(count), last]));

    private static Gen<string[]> Value { get; } = Gen.Frequency((12, Starred(2)), (1, Gen.Constant((string[])[""])));

    private static Gen<Part> Leaf { get; } = Gen.Frequency<Part>(
        (8, Starred(2).Where(pieces => pieces.Any(piece => piece.Length > 0)).Select(Part (pieces) => new Part.Words(pieces))),
        (3, from text in Text(2) from ignore in Gen.Elements(true, false) select (Part)new Part.Substring(text, ignore)),
        (3, from name in Gen.Elements("host", "app", "agent", "path") from pieces in Value select (Part)new Part.Field(name, pieces)),
        (2, Gen.Frequency((1, Value), (3, Gen.Elements<string[]>(["a=b"], ["A=B"], ["a="], ["a=", ""], ["", "7"], ["", "=b"], ["b"], ["", ""]))).Select(Part (pieces) => new Part.Field("tag", pieces))),
        (4, from key in Gen.Elements("x", "a", "X") from pieces in Value select (Part)new Part.Pair(key, pieces)),
        (1, Gen.Choose(1, 9).Select(Part (level) => new Part.Level((Severity)level))),
        (1, Gen.Choose(0, 2).Select(Part (pid) => new Part.Pid((uint)pid))),
        (1, Gen.Constant((Part)new Part.All())));

    public static Gen<Part> Part(int depth) => depth == 0 ? Leaf : Gen.Frequency(
        (3, Leaf),
        (1, Part(depth - 1).Select(Tests.Part (inner) => new Part.Not(inner))),
        (2, from left in Part(depth - 1) from right in Part(depth - 1) select (Part)new Part.Both(left, right)),
        (2, from left in Part(depth - 1) from right in Part(depth - 1) select (Part)new Part.Either(left, right)));
}
