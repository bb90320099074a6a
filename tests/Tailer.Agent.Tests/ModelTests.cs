using System.Globalization;
using System.Text;
using Tailer.Blocks;
using Xunit.Abstractions;

namespace Tailer.Agent.Tests;

/// <summary>
/// Random actions on files, against a model of what must come out: of every content that was ever at a path, what was there to
/// be read, once each, in order. The seed is in each failure; TAILER_SEED replays one, TAILER_SEQUENCES sets how many are tried,
/// or how often that one is: stamps that the file system gives depend on the moment.
/// </summary>
public sealed class ModelTests(ITestOutputHelper output)
{
    private const int StepsPerSequence = 60;

    [Fact]
    public void Random_writes_rotations_truncations_and_kills_lose_and_repeat_nothing()
    {
        int? only = int.TryParse(Environment.GetEnvironmentVariable("TAILER_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : null;
        int sequences = int.TryParse(Environment.GetEnvironmentVariable("TAILER_SEQUENCES"), CultureInfo.InvariantCulture, out int asked) ? asked : 40;
        // Without a number asked for it must not hold others up.
        TimeSpan most = asked > 0 ? TimeSpan.MaxValue : TimeSpan.FromSeconds(8);
        var elapsed = System.Diagnostics.Stopwatch.StartNew();
        int first = only ?? Environment.TickCount & 0xffffff;
        for (int i = 0; i < (only is null || asked > 0 ? sequences : 1) && elapsed.Elapsed < most; i++)
        {
            int current = only ?? first + i;
            output.WriteLine($"seed {current}");
            using var model = new FileModel(current);
            try
            {
                model.Run(StepsPerSequence);
            }
            catch (Exception e)
            {
                throw new InvalidOperationException($"TAILER_SEED={current} replays this: {e.Message}\n{model.History}", e);
            }
        }
    }

    private sealed class FileModel(int seed) : IDisposable
    {
        private readonly Random random = new(seed);
        private readonly AgentRig rig = new();
        private readonly List<Content> contents = [];
        private readonly StringBuilder history = new();
        private readonly string[] names = ["a.log", "b.log"];
        private readonly Dictionary<string, Content?> files = [];
        private int line;

        public string History => history.ToString();

        public void Dispose() => rig.Dispose();

        public void Run(int steps)
        {
            rig.Start();
            // The first start ignores what merely looks like rotations; from then on it must miss nothing.
            rig.Step();
            for (int i = 0; i < steps; i++)
                Act();
            Say("end");
            if (!rig.IsRunning)
                rig.Start();
            rig.Step();
            rig.Pass(TimeSpan.FromSeconds(3));
            rig.Pass(TimeSpan.FromSeconds(60));
            rig.Stop();
            Check();
        }

        private void Act()
        {
            string name = names[random.Next(names.Length)];
            switch (random.Next(100))
            {
                case < 35: Write(name, wholeLine: true); break;
                case < 45: Write(name, wholeLine: false); break;
                case < 60: Rotate(name); break;
                case < 64: CopyTruncate(name); break;
                case < 67: Delete(name); break;
                case < 70: WriteToRotated(name); break;
                case < 90: Step(); break;
                case < 94: Pass(); break;
                default: KillOrStart(); break;
            }
        }

        private void Write(string name, bool wholeLine)
        {
            Content content = files.GetValueOrDefault(name) ?? Create(name);
            int size = random.Next(20) == 0 ? random.Next(200_000) : random.Next(60);
            string text = $"{line++} {new string((char)('a' + random.Next(26)), size)}{(wholeLine ? random.Next(4) == 0 ? "\r\n" : "\n" : "")}";
            Say($"write {name} {text.Length} {(wholeLine ? "line" : "part")}");
            File.AppendAllText(content.Path, text);
            content.Text.Append(text);
        }

        private Content Create(string name)
        {
            var content = new Content(name, rig.PathOf(name), contents.Count);
            contents.Add(content);
            files[name] = content;
            return content;
        }

        private void Rotate(string name)
        {
            if (files.GetValueOrDefault(name) is null)
                return;
            Say($"rotate {name}");
            const int kept = 4;
            string path = rig.PathOf(name);
            for (int i = kept; i > 0; i--)
            {
                string from = i == 1 ? path : $"{path}.{i - 1}";
                string to = $"{path}.{i}";
                if (!File.Exists(from))
                    continue;
                if (File.Exists(to))
                    Destroyed(contents.Last(c => c.Path == to), unlinked: true);
                File.Move(from, to, overwrite: true);
                if (contents.LastOrDefault(c => c.Path == from && !c.IsDestroyed) is { } moved)
                    moved.Path = to;
            }
            files[name] = null;
        }

        private void CopyTruncate(string name)
        {
            if (files.GetValueOrDefault(name) is not { } content || content.Text.Length == 0)
                return;
            Say($"copytruncate {name}");
            Destroyed(content, unlinked: false);
            File.Copy(content.Path, content.Path + ".copy", overwrite: true);
            using (var file = new FileStream(content.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
                file.SetLength(0);
            files[name] = null;
            Create(name);
        }

        private void Delete(string name)
        {
            if (files.GetValueOrDefault(name) is not { } content)
                return;
            Say($"delete {name}");
            Destroyed(content, unlinked: true);
            File.Delete(content.Path);
            files[name] = null;
        }

        private void WriteToRotated(string name)
        {
            Content? rotated = contents.LastOrDefault(c => c.Name == name && !c.IsDestroyed && c.Path == rig.PathOf(name) + ".1");
            if (rotated is null)
                return;
            string text = $"{line++} late\n";
            Say($"write {name}.1");
            File.AppendAllText(rotated.Path, text);
            rotated.Text.Append(text);
        }

        private void Step()
        {
            if (!rig.IsRunning)
                return;
            Say("step");
            rig.Step();
            Looked();
        }

        private void Pass()
        {
            TimeSpan time = TimeSpan.FromSeconds(random.Next(3) == 0 ? 40 : 2);
            Say($"pass {time}");
            if (rig.IsRunning)
            {
                rig.Pass(time);
                Looked();
            }
            else
            {
                rig.Clock.Advance(time);
            }
        }

        private void KillOrStart()
        {
            Say(rig.IsRunning ? "kill" : "start");
            if (!rig.IsRunning)
            {
                rig.Start();
                return;
            }
            if (random.Next(4) == 0)
                rig.Stop();
            else
                rig.Kill();
            // What was read but not yet in the spool is not there any more if its file goes before the next start.
            foreach (Content content in contents)
            {
                content.IsHeld = false;
                content.Seen = content.IsDestroyed ? content.Seen : 0;
            }
            foreach (Content content in contents.Where(c => c.IsDestroyed))
                content.Must = Math.Min(content.Must, content.SeenBeforeDestroyed);
            Spooled();
        }

        /// <summary>The agent has looked at everything: what is there now is read and held.</summary>
        private void Looked()
        {
            foreach (Content content in contents.Where(c => !c.IsDestroyed))
            {
                content.Seen = content.Text.Length;
                content.IsHeld = true;
            }
        }

        /// <summary>After a kill only what the spool has is sure to come out of destroyed files.</summary>
        private void Spooled()
        {
            foreach (Content content in contents.Where(c => c.IsDestroyed))
                content.Must = 0;
        }

        private void Destroyed(Content content, bool unlinked)
        {
            content.IsDestroyed = true;
            content.SeenBeforeDestroyed = content.Seen;
            // An open handle reads a deleted file to its end; a truncated one is gone but for what was seen.
            content.Must = !rig.IsRunning ? 0 : unlinked && content.IsHeld ? content.Text.Length : content.Seen;
        }

        private void Check()
        {
            List<DeliveredSource> delivered = [.. rig.Delivered().Values];
            foreach (Content content in contents)
            {
                string text = content.Text.ToString();
                int must = content.IsDestroyed ? content.Must : text.Length;
                DeliveredSource? found = delivered.FirstOrDefault(d => d.Descriptor.Path == rig.PathOf(content.Name) && d.Text.Length > 0 && text.StartsWith(d.Text, StringComparison.Ordinal));
                int got = found?.Text.Length ?? 0;
                if (got < must)
                    throw new InvalidOperationException($"{content.Name} content {content.Number}: {got} bytes delivered of {must} that must be ({text.Length} written)");
                if (found is not null)
                {
                    content.Source = found.Descriptor;
                    delivered.Remove(found);
                }
            }
            if (delivered.Count > 0)
                throw new InvalidOperationException($"{delivered.Count} sources delivered that nobody wrote, the first with {delivered[0].Text.Length} bytes: {delivered[0].Text[..Math.Min(60, delivered[0].Text.Length)]}");
            CheckChain();
            CheckManifests();
        }

        /// <summary>Predecessors lead from newer to older contents of the same path.</summary>
        private void CheckChain()
        {
            Dictionary<SourceId, int> numbers = contents.Where(c => c.Source is not null).ToDictionary(c => c.Source!.Id, c => c.Number);
            foreach (Content content in contents)
            {
                if (content.Source is { } source && numbers.TryGetValue(source.Predecessor, out int before) && before >= content.Number)
                    throw new InvalidOperationException($"content {content.Number} of {content.Name} follows {before}");
            }
        }

        /// <summary>Manifests form a chain and name every packet once.</summary>
        private void CheckManifests()
        {
            List<Manifest> manifests = rig.Manifests();
            for (int i = 1; i < manifests.Count; i++)
            {
                Assert.Equal(manifests[i - 1].CoversTo, manifests[i].CoversFrom);
                Assert.Equal(Packet.IdOf(manifests[i - 1].ToArray()), manifests[i].Previous);
            }
            Assert.Equal(rig.Packets().Select(p => p.Id).Order(), manifests.SelectMany(m => m.Packets).Order());
        }

        private void Say(string what) => history.AppendLine(what);

        private sealed class Content(string name, string path, int number)
        {
            public string Name => name;

            public string Path { get; set; } = path;

            public int Number => number;

            public StringBuilder Text { get; } = new();

            public bool IsDestroyed { get; set; }

            public bool IsHeld { get; set; }

            public int Seen { get; set; }

            public int SeenBeforeDestroyed { get; set; }

            public int Must { get; set; }

            public SourceDescriptor? Source { get; set; }
        }
    }
}
