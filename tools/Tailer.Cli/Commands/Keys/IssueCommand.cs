using System.CommandLine;
using Tailer.Hosting;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary><c>tailer keys issue</c>: a credential for one process.</summary>
internal static class IssueCommand
{
    private static readonly TimeSpan StandardValidity = TimeSpan.FromDays(365);

    public static Command Create()
    {
        Option<string> authority = KeyOptions.Authority();
        var role = new Option<string>("--role") { Description = "What its holder is", Required = true };
        role.AcceptOnlyFromAmong("agent", "buck", "porter", "archie", "operator");
        var name = new Option<string>("--name") { Description = "Its holder's name", HelpName = "NAME", Required = true };
        Option<HostsPolicy> hosts = KeyOptions.Hosts();
        Option<TimeSpan> valid = KeyOptions.Validity(StandardValidity);
        Option<string> output = KeyOptions.Output("Where the credential is written (0600)");
        var replace = new Option<bool>("--replace") { Description = "Replace an existing file" };
        var command = new Command("issue", "Issue a credential") { authority, role, name, hosts, valid, output, replace };
        command.SetAction(arguments =>
        {
            using EnvironmentAuthority issuer = EnvironmentAuthority.Load(arguments.GetValue(authority)!);
            if (!Roles.TryParse(arguments.GetValue(role)!, out Role holder))
                throw new FatalException(ExitCode.Usage, $"'{arguments.GetValue(role)}' is not a role");
            CredentialFile credential = KeyOptions.Usage(() => issuer.Issue(holder, arguments.GetValue(name)!, arguments.GetValue(hosts), arguments.GetValue(valid), TimeProvider.System));
            credential.Save(arguments.GetValue(output)!, arguments.GetValue(replace));
            Console.WriteLine(KeyText.Describe(credential.Credential));
            return 0;
        });
        return command;
    }
}
