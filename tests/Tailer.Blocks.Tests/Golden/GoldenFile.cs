namespace Tailer.Blocks.Tests.Golden;

/// <summary>The files beside this one, made from the pages under docs/formats by <c>make.py</c>, not by the code they test; but for <c>block-short.hex</c>.</summary>
internal static class GoldenFile
{
    public static byte[] Bytes(string name) =>
        Convert.FromHexString(string.Concat(File.ReadAllLines(Path(name))));

    public static string[] Lines(string name) => File.ReadAllLines(Path(name));

    private static string Path(string name) =>
        System.IO.Path.Combine(Testing.BuildOutput.Repository, "tests", "Tailer.Blocks.Tests", "Golden", name);
}
