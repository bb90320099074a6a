using Tailer.Hosting;

namespace Tailer.Archie;

/// <summary>One buck as archie and browsers reach it.</summary>
/// <param name="Name">Its name in messages and on the page.</param>
/// <param name="Address">The secure channel.</param>
/// <param name="Http">Base URL for browsers, without a slash at its end.</param>
internal sealed record BuckOptions(string Name, NetworkAddress Address, string Http)
{
    public static BuckOptions Read(ConfigSection section) => new(
        section.Text("name"),
        section.Address("address"),
        section.HttpUri("http").GetLeftPart(UriPartial.Path).TrimEnd('/'));
}
