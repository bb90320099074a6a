using System.CommandLine;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary><c>tailer keys intermediate</c>: an issuer with limits, for one site or one team.</summary>
internal static class IntermediateCommand
{
    private static readonly TimeSpan StandardValidity = TimeSpan.FromDays(365);

    public static Command Create()
    {
        Option<string> authority = KeyOptions.Authority();
        var roles = new Option<string[]>("--role") { Description = "A role it may issue; may be repeated", Required = true };
        roles.AcceptOnlyFromAmong("agent", "buck", "porter", "archie", "operator");
        var names = new Option<string>("--names") { Description = "Which names it may issue: a pattern such as web*", HelpName = "PATTERN", Required = true };
        Option<HostsPolicy> hosts = KeyOptions.Hosts();
        Option<TimeSpan> valid = KeyOptions.Validity(StandardValidity);
        Option<string> output = KeyOptions.Output("Where the intermediate is written (0600)");
        var command = new Command("intermediate", "Make an issuer that is limited to some roles, names and hosts") { authority, roles, names, hosts, valid, output };
        command.SetAction(arguments =>
        {
            using EnvironmentAuthority issuer = EnvironmentAuthority.Load(arguments.GetValue(authority)!);
            RoleSet set = arguments.GetValue(roles)!.Aggregate(RoleSet.None, (all, word) => Roles.TryParse(word, out Role role) ? all | role.Set() : all);
            using EnvironmentAuthority intermediate = KeyOptions.Usage(() => issuer.IssueIntermediate(set, arguments.GetValue(names)!, arguments.GetValue(hosts), arguments.GetValue(valid), TimeProvider.System));
            intermediate.Save(arguments.GetValue(output)!);
            Console.WriteLine(KeyText.Describe(intermediate.Intermediate!));
            return ExitCode.Ok;
        });
        return command;
    }
}
