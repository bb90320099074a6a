namespace Tailer.Tidy.Tests;

public sealed class CodeTests
{
    [Fact]
    public void Every_file_is_named_after_a_type_in_it() => Verdict.None(Tree.Code.SelectMany(CodeRules.NamedAfterItsType));

    [Fact]
    public void Namespaces_are_for_the_whole_file() => Verdict.None(Tree.Code.SelectMany(CodeRules.FileScopedNamespace));

    [Fact]
    public void Classes_are_sealed_static_or_abstract() => Verdict.None(Tree.Code.SelectMany(CodeRules.SealedUnlessMeantForMore));

    [Fact]
    public void Type_names_say_something() => Verdict.None(Tree.Code.SelectMany(CodeRules.NoEmptyWordsInTypeNames));

    [Fact]
    public void There_are_no_regions() => Verdict.None(Tree.Code.SelectMany(CodeRules.NoRegions));

    [Fact]
    public void Files_are_not_too_long() => Verdict.None(Tree.Code.SelectMany(CodeRules.NotTooLong));

    [Fact]
    public void Shipped_code_takes_the_time_from_its_provider() =>
        Verdict.None(Tree.ShippedCode.Where(f => !f.Path.StartsWith("tools/Tailer.Bench/", StringComparison.Ordinal)).SelectMany(CodeRules.TimeFromItsProvider));

    [Fact]
    public void No_exception_is_swallowed() => Verdict.None(Tree.Code.SelectMany(CodeRules.NoSwallowedExceptions));

    [Fact]
    public void Tests_wait_for_conditions_and_not_for_time() =>
        Verdict.None(Tree.Code.Where(f => f.Path.Contains(".Tests/", StringComparison.Ordinal)).SelectMany(CodeRules.NoSleep));

    public static TheoryData<string, string> Violations => new()
    {
        { nameof(CodeRules.NamedAfterItsType), "namespace A;\ninternal sealed class Other;" },
        { nameof(CodeRules.FileScopedNamespace), "namespace A.B\n{" },
        { nameof(CodeRules.FileScopedNamespace), "namespace A.B {" },
        { nameof(CodeRules.SealedUnlessMeantForMore), "    public partial class X" },
        { nameof(CodeRules.SealedUnlessMeantForMore), "internal record Y(int Z);" },
        { nameof(CodeRules.NoEmptyWordsInTypeNames), "public sealed class BuckManager" },
        { nameof(CodeRules.NoRegions), "    #region x" },
        { nameof(CodeRules.NotTooLong), new string('\n', 500) },
        { nameof(CodeRules.NoSleep), "await Task.Delay(10);" },
        { nameof(CodeRules.NoSleep), "Thread.Sleep(1);" },
        { nameof(CodeRules.TimeFromItsProvider), "var now = DateTime.UtcNow;" },
        { nameof(CodeRules.NoSwallowedExceptions), "try { } catch (Exception e) { }" },
        { nameof(CodeRules.NoSwallowedExceptions), "try { } catch\n{\n}" },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public void Each_rule_finds_what_it_is_for(string rule, string text) => Assert.NotEmpty(Apply(rule, text));

    public static TheoryData<string, string> Habits => new()
    {
        { nameof(CodeRules.NamedAfterItsType), "namespace A;\npublic readonly record struct Sample(int X);" },
        { nameof(CodeRules.NamedAfterItsType), "public delegate void Sample();" },
        { nameof(CodeRules.FileScopedNamespace), "namespace A.B;" },
        { nameof(CodeRules.SealedUnlessMeantForMore), "public readonly record struct X(int Y);" },
        { nameof(CodeRules.SealedUnlessMeantForMore), "internal static partial class X" },
        { nameof(CodeRules.NoEmptyWordsInTypeNames), "public sealed class Database" },
        { nameof(CodeRules.NoSleep), "await Task.Delay(10); // pause: the process stays dead for a while" },
        { nameof(CodeRules.NoSwallowedExceptions), "catch (IOException) { }" },
    };

    [Theory]
    [MemberData(nameof(Habits))]
    public void No_rule_finds_what_is_fine(string rule, string text) =>
        Assert.Empty(Apply(rule, text));

    private static IEnumerable<string> Apply(string rule, string text)
    {
        var file = new TextFile("shared/Sample.cs", text);
        return rule switch
        {
            nameof(CodeRules.NamedAfterItsType) => CodeRules.NamedAfterItsType(file),
            nameof(CodeRules.FileScopedNamespace) => CodeRules.FileScopedNamespace(file),
            nameof(CodeRules.SealedUnlessMeantForMore) => CodeRules.SealedUnlessMeantForMore(file),
            nameof(CodeRules.NoEmptyWordsInTypeNames) => CodeRules.NoEmptyWordsInTypeNames(file),
            nameof(CodeRules.NoRegions) => CodeRules.NoRegions(file),
            nameof(CodeRules.NotTooLong) => CodeRules.NotTooLong(file),
            nameof(CodeRules.NoSleep) => CodeRules.NoSleep(file),
            nameof(CodeRules.TimeFromItsProvider) => CodeRules.TimeFromItsProvider(file),
            _ => CodeRules.NoSwallowedExceptions(file),
        };
    }
}
