using System.CommandLine;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary>Options that several commands about keys share.</summary>
internal static class KeyOptions
{
    public static Option<string> Authority() => new("--authority") { Description = "File of the environment's authority (or an intermediate)", HelpName = "FILE", Required = true };

    public static Option<string> Output(string description) => new("--out") { Description = description, HelpName = "FILE", Required = true };

    public static Option<HostsPolicy> Hosts() => new("--hosts")
    {
        Description = "Whose lines it may bring: own, any, or a pattern such as *.example.com",
        HelpName = "own|any|PATTERN",
        DefaultValueFactory = _ => HostsPolicy.Own,
        CustomParser = result =>
        {
            if (!HostsPolicy.TryParse(result.Tokens[0].Value, out HostsPolicy policy))
                result.AddError($"--hosts is '{result.Tokens[0].Value}', but must be own, any or a pattern of A-Z a-z 0-9 . - _ * ?");
            return policy;
        },
    };

    public static Option<TimeSpan> Validity(TimeSpan standard) => new("--valid")
    {
        Description = $"For how long; {DurationText.Format(standard)} unless given",
        HelpName = "DURATION",
        DefaultValueFactory = _ => standard,
        CustomParser = result =>
        {
            if (!DurationText.TryParse(result.Tokens[0].Value, out TimeSpan value) || value <= TimeSpan.Zero)
                result.AddError($"--valid is '{result.Tokens[0].Value}', but must be {DurationText.Expected}");
            return value;
        },
    };

    /// <exception cref="FatalException">64: what was asked for is not allowed or not well formed.</exception>
    public static T Usage<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new FatalException(ExitCode.Usage, e.Message.Split(" (Parameter")[0], e);
        }
    }
}
