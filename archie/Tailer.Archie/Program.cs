using Tailer.Archie;
using Tailer.Hosting;

return await Daemon.RunAsync(args, "tailer-archie", ArchieOptions.Read, ArchieServer.RunAsync);
