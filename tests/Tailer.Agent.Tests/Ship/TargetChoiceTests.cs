using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Tailer.Agent.Tests.Ship;

public sealed class TargetChoiceTests
{
    private sealed record Buck(int Number, string Zone, bool IsAside);

    [Property]
    public Property Choices_are_different_bucks_of_as_many_zones_as_there_are_and_slow_ones_come_last(int seed) => Prop.ToProperty(Run(seed));

    [Fact]
    public void Every_pair_of_equal_bucks_is_chosen_about_as_often()
    {
        Buck[] bucks = [.. Enumerable.Range(0, 4).Select(i => new Buck(i, "", false))];
        var random = new Random(1);
        Dictionary<(int, int), int> pairs = [];
        for (int i = 0; i < 12_000; i++)
        {
            int[] pair = [.. Pick(bucks, [], 2, random).Select(b => b.Number).Order()];
            pairs[(pair[0], pair[1])] = pairs.GetValueOrDefault((pair[0], pair[1])) + 1;
        }
        Assert.Equal(6, pairs.Count);
        Assert.All(pairs.Values, count => Assert.InRange(count, 1700, 2300));
    }

    private static List<Buck> Pick(Buck[] bucks, string[] taken, int count, Random random) => TargetChoice.Pick(bucks, b => b.Zone, b => b.IsAside, taken, count, random);

    private static bool Run(int seed)
    {
        var random = new Random(seed);
        Buck[] bucks = [.. Enumerable.Range(0, random.Next(7)).Select(i => new Buck(i, random.Next(4) switch { 0 => "", 1 => "a", 2 => "b", _ => "c" }, random.Next(4) == 0))];
        string[] taken = random.Next(2) == 0 ? [] : ["a"];
        int count = random.Next(1, 4);
        List<Buck> chosen = Pick(bucks, taken, count, random);
        if (chosen.Count != Math.Min(count, bucks.Length) || chosen.Distinct().Count() != chosen.Count)
            return false;
        int quick = bucks.Count(b => !b.IsAside);
        if (chosen.Count(b => !b.IsAside) != Math.Min(count, quick))
            return false;
        // As many new zones among the quick ones as there can be; each unlabelled buck is a zone of its own.
        int Zones(IEnumerable<Buck> of) => of.Where(b => b.Zone.Length > 0 && !taken.Contains(b.Zone)).Select(b => b.Zone).Distinct().Count() + of.Count(b => b.Zone.Length == 0);
        return Zones(chosen.Where(b => !b.IsAside)) == Math.Min(Math.Min(count, quick), Zones(bucks.Where(b => !b.IsAside)));
    }
}
