using Tailer.Agent;
using Tailer.Hosting;

return await Daemon.RunAsync(args, "tailer-agent", AgentOptions.Read, AgentHost.RunAsync, StatusCommand.Verb, TryCommand.Verb);
