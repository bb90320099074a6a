using System.CommandLine;
using Tailer.Wire;

namespace Tailer.Cli.Commands.Keys;

/// <summary><c>tailer keys new</c>: a new environment.</summary>
internal static class NewCommand
{
    public static Command Create()
    {
        Option<string> output = KeyOptions.Output("Where the authority is written (0600); keep it off the hosts");
        var command = new Command("new", "Make the authority of a new environment") { output };
        command.SetAction(arguments =>
        {
            string path = arguments.GetValue(output)!;
            using EnvironmentAuthority authority = EnvironmentAuthority.Create();
            authority.Save(path);
            Console.WriteLine($"environment {authority.Environment}\nauthority   {path}");
            return 0;
        });
        return command;
    }
}
