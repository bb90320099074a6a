using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Tailer.Queries.Tests;

public sealed class QueryPropertyTests
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(8_000);

    [Fact]
    public void Matching_says_what_the_naive_reference_says()
    {
        Arbitrary<(Part, Sample)> cases = (from part in Generators.Part(2) from sample in Generators.Sample select (part, sample)).ToArbitrary();
        Prop.ForAll(cases, ((Part Part, Sample Sample) c) =>
        {
            Query query = Queries.Of(c.Part.Write());
            bool expected = c.Part.Matches(c.Sample);
            Assert.True(query.Matches(c.Sample.Input) == expected, $"{query} on {c.Sample}: expected {expected}");
        }).Check(Many);
    }

    [Fact]
    public void The_canonical_text_parses_to_the_same_query()
    {
        Prop.ForAll(Generators.Part(3).ToArbitrary(), part =>
        {
            Query query = Queries.Of(part.Write());
            Query again = Queries.Of(query.ToString());
            Assert.Equal(query.ToString(), again.ToString());
            Assert.Equal(query, again);
        }).Check(Many);
    }

    [Fact]
    public void The_canonical_text_matches_what_the_written_text_matches()
    {
        Arbitrary<(Part, Sample)> cases = (from part in Generators.Part(2) from sample in Generators.Sample select (part, sample)).ToArbitrary();
        Prop.ForAll(cases, ((Part Part, Sample Sample) c) =>
        {
            Query again = Queries.Of(Queries.Of(c.Part.Write()).ToString());
            Assert.Equal(c.Part.Matches(c.Sample), again.Matches(c.Sample.Input));
        }).Check(Many);
    }

    [Fact]
    public void Any_text_parses_to_a_query_that_prints_and_parses_again_or_to_an_error_inside_it()
    {
        string[] tokens = ["a", "foo", "-", "--", "OR", "AND", "NOT", "(", ")", "\"", "*", "**", "/", "/i", "[", "~", "~i", "host:", "level:", "pid:", "lvel:", ">=warn", ",", "=", "x=", " ", " ", "\\", "\\/", "\n", "\0", "é", "😀", "\ud800", "\udc00", "a*b", "{1,9}", "(?i)", "(?<=a)", "\\1"];
        Gen<string> texts = Gen.Choose(0, 14).SelectMany(n => Gen.ArrayOf(Gen.Elements(tokens), n)).Select(parts => string.Concat(parts));
        Prop.ForAll(texts.ToArbitrary(), text =>
        {
            if (Query.Parse(text).TryGet(out Query? query, out QueryError? error))
            {
                Assert.Equal(query, Queries.Of(query.ToString()));
                query.Matches(Sample.Of("foo a*b é").Input);
                return;
            }
            Assert.InRange(error.Position, 0, text.Length);
            Assert.NotEmpty(error.Message);
            Assert.NotEmpty(error.Hint);
            Assert.Equal(2, error.Caret.Split('\n').Length);
        }).Check(Many);
    }

    [Fact]
    public void Every_required_text_is_found_in_every_line_that_matches()
    {
        Arbitrary<(Part, Sample)> cases = (from part in Generators.Part(1) from sample in Generators.Sample select (part, sample)).ToArbitrary();
        Prop.ForAll(cases, ((Part Part, Sample Sample) c) =>
        {
            Query query = Queries.Of(c.Part.Write());
            if (!query.Matches(c.Sample.Input))
                return;
            foreach (QueryProbe probe in query.Required)
                Assert.True(probe.IndexIn(c.Sample.Line) >= 0, $"{probe} of {query} on {c.Sample}");
        }).Check(Many);
    }

    [Fact]
    public void The_text_required_by_a_regular_expression_is_in_every_line_it_matches()
    {
        string[] tokens = ["a", "b", "ab", "7", "\\.", ".", "\\d", "\\w+", "[ab]", "[^a]", "(a|b)", "(?:ab)?", "(ab)*", "a?", "b*", "a+", "b{2}", "a{0,1}", "|", "^", "$", "\\/", "\\x61", "[]a]", "[^]b]", "[a\\]]", "\\p{L}", "\\u0062"];
        Gen<(string, string)> cases =
            from n in Gen.Choose(1, 5)
            from parts in Gen.ArrayOf(Gen.Elements(tokens), n)
            from m in Gen.Choose(0, 6)
            from line in Gen.ArrayOf(Gen.Elements("a", "b", "7", ".", "/", "]"), m)
            select (string.Concat(parts), string.Concat(line));
        Prop.ForAll(cases.ToArbitrary(), ((string Pattern, string Line) c) =>
        {
            if (Query.Parse($"/{c.Pattern}/").Query is not { } query)
                return;
            bool expected = System.Text.RegularExpressions.Regex.IsMatch(c.Line, c.Pattern);
            Assert.True(query.Matches(Sample.Of(c.Line).Input) == expected, $"/{c.Pattern}/ on {c.Line}; requires {string.Join(' ', query.Required)}");
        }).Check(Many);
    }

    [Fact]
    public void A_vector_search_finds_what_a_plain_search_finds_at_every_place_and_length()
    {
        Gen<(byte[], byte[])> cases =
            from n in Gen.Choose(0, 150)
            from text in Gen.ArrayOf(Gen.Elements((byte)'a', (byte)'A', (byte)'b', (byte)'B', (byte)'-', (byte)'M'), n)
            from m in Gen.Choose(1, 40)
            from wanted in Gen.ArrayOf(Gen.Elements((byte)'a', (byte)'B', (byte)'-'), m)
            from at in Gen.Choose(0, 200)
            select (Put(text, wanted, at), wanted);
        Prop.ForAll(cases.ToArbitrary(), ((byte[] Text, byte[] Wanted) c) =>
        {
            string text = Encoding.ASCII.GetString(c.Text), wanted = Encoding.ASCII.GetString(c.Wanted);
            Assert.Equal(text.IndexOf(wanted, StringComparison.OrdinalIgnoreCase), new MaskedBytes(c.Wanted, ignoreCase: true).IndexIn(c.Text));
            Assert.Equal(text.IndexOf(wanted, StringComparison.Ordinal), new MaskedBytes(c.Wanted, ignoreCase: false).IndexIn(c.Text));
        }).Check(Many);
    }

    private static byte[] Put(byte[] text, byte[] wanted, int at)
    {
        if (at + wanted.Length <= text.Length)
            wanted.CopyTo(text, at);
        return text;
    }
}
