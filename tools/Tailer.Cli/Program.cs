using System.CommandLine;
using Tailer.Cli;
using Tailer.Cli.Commands;
using Tailer.Cli.Commands.Keys;

var root = new RootCommand("Tailer: live, recent and past logs of many hosts.")
{
    UpCommand.Create(),
    SearchCommand.Create(),
    TailCommand.Create(),
    CatCommand.Create(),
    AuditCommand.Create(),
    VerifyCommand.Create(),
    InspectCommand.Create(),
    StatusCommand.Create(),
    CheckCommand.Create(),
    KeysCommand.Create(),
    DemoLogsCommand.Create(),
};
return await CommandLine.RunAsync(root, args);
