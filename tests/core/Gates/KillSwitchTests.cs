using System.Runtime.InteropServices;
using DevOpsAI.Gates;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

public sealed class KillSwitchTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("killswitch");
    private readonly string path;
    private readonly KillSwitch killSwitch;

    public KillSwitchTests()
    {
        path = Path.Combine(folder.FullName, "switch.txt");
        killSwitch = new(path);
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Theory]
    [InlineData("", null)]
    [InlineData("# nothing today\n\n", null)]
    [InlineData("everything", "The kill switch pauses everything.")]
    [InlineData("tenant: contoso", "The kill switch pauses this client.")]
    [InlineData("tenant: Contoso # since this morning\r\n", "The kill switch pauses this client.")]
    [InlineData("tenant: fabrikam", null)]
    [InlineData("connector: sandbox", "The kill switch pauses the connector sandbox.")]
    [InlineData("connector: ninja", null)]
    [InlineData("action: service.start", "The kill switch pauses the action service.start.")]
    [InlineData("action: service.*", "The kill switch pauses the action service.*.")]
    [InlineData("action: service.stop", "The kill switch pauses the action service.stop.")] // it would be the rollback
    [InlineData("action: disk.*", null)]
    [InlineData("tenant: fabrikam\naction: disk.*\nconnector: sand*", "The kill switch pauses the connector sand*.")]
    [InlineData("stop it all", "The kill switch file cannot be understood in line 1, so everything is paused.")]
    [InlineData("tenant: fabrikam\ntenant:", "The kill switch file cannot be understood in line 2, so everything is paused.")]
    [InlineData("action: a b", "The kill switch file cannot be understood in line 1, so everything is paused.")]
    [InlineData("everything: contoso", "The kill switch file cannot be understood in line 1, so everything is paused.")]
    [InlineData("\u0000\u0001", "The kill switch file cannot be understood in line 1, so everything is paused.")]
    public void Pauses_what_the_file_says(string text, string? message)
    {
        File.WriteAllText(path, text);
        Why().ShouldBe(message);
    }

    [Fact]
    public void A_file_that_is_gone_pauses_everything_until_it_is_back()
    {
        Why().ShouldBe("The kill switch file cannot be read, so everything is paused.");
        File.WriteAllText(path, "");
        Why().ShouldBeNull();
        File.Delete(path);
        Directory.CreateDirectory(path);
        Why().ShouldBe("The kill switch file cannot be read, so everything is paused.");
    }

    [Fact]
    public void A_switch_that_the_bot_itself_can_write_or_replace_is_found()
    {
        new KillSwitch(null).CheckStrength().ShouldBeNull("there is none to hold");
        File.WriteAllText(path, "tenant: fabrikam");
        killSwitch.CheckStrength().ShouldNotBeNull()
            .ShouldStartWith($"The bot's account '{Environment.UserName}' can change the kill switch {path}, so");
        File.ReadAllText(path).ShouldBe("tenant: fabrikam", "looking changes nothing");
        folder.EnumerateFileSystemInfos().ShouldHaveSingleItem();
        File.Delete(path);
        killSwitch.CheckStrength().ShouldNotBeNull("another can be put in its place")
            .ShouldContain($"can change {folder.FullName}, and with it the kill switch");
        new KillSwitch(Path.Combine(path, "switch.txt")).CheckStrength().ShouldNotBeNull("its folder can be made");
    }

    [Theory]
    [InlineData("644", "755", "755", null)]
    [InlineData("644", "755", "1777", null)] // as /tmp: everybody makes files there, nobody moves those of others
    [InlineData("666", "755", "755", "switch.txt")]
    [InlineData("644", "777", "755", "")]
    [InlineData("644", "755", "777", "..")] // its folder can be moved away
    [InlineData("mine", "755", "755", "switch.txt")] // whoever owns it may change its mode
    [InlineData("644", "mine", "755", "")]
    public void Rights_of_another_account_are_tried_on_file_folder_and_the_folders_above(
        string file, string inner, string outer, string? breach)
    {
        if (OperatingSystem.IsWindows() || !Environment.IsPrivilegedProcess)
            Assert.Skip("Only root can be another account for a while.");
        const int Nobody = 65534;
        var below = folder.CreateSubdirectory("switch");
        var switched = Path.Combine(below.FullName, "switch.txt");
        File.WriteAllText(switched, "");
        Set(switched, file);
        Set(below.FullName, inner);
        Set(folder.FullName, outer);
        string? found = null;
        var asNobody = new Thread(() =>
        {
            _ = AsUser(Nobody);
            found = OutOfReach.Breach(switched);
        });
        asNobody.Start();
        asNobody.Join();
        found.ShouldBe(breach is null ? null : Path.GetFullPath(Path.Combine(below.FullName, breach)).TrimEnd('/'));

        static void Set(string path, string mode)
        {
            if (mode == "mine")
                ChangeOwner(path, Nobody, Nobody).ShouldBe(0);
            else if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(path, (UnixFileMode)Convert.ToInt32(mode, 8));
        }
    }

    [Fact]
    public void The_file_behind_a_link_counts_too()
    {
        var real = folder.CreateSubdirectory("real");
        File.WriteAllText(Path.Combine(real.FullName, "switch.txt"), "");
        File.CreateSymbolicLink(path, Path.Combine(real.FullName, "switch.txt"));
        Why().ShouldBeNull();
        killSwitch.CheckStrength().ShouldNotBeNull();
    }

    [Theory]
    [InlineData("Production", false, true, 1, false)]
    [InlineData("Development", false, true, 0, false)]
    [InlineData("Production", true, true, 0, false)]
    [InlineData("Production", false, false, 0, true)]
    [InlineData("Development", false, false, 1, false)]
    [InlineData("Production", true, false, 1, false)]
    public async Task Where_others_reach_the_bot_it_does_not_start_with_a_switch_that_it_can_change_and_none_is_a_warning(
        string environment, bool local, bool none, int warnings, bool refuses)
    {
        var said = new CapturedLog();
        File.WriteAllText(path, "");
        var check = new KillSwitchCheck(
            new(() => none ? new(null) : killSwitch), new Mode(local), new HostingEnvironment { EnvironmentName = environment }, said);
        var start = () => check.StartingAsync(Cancelled);
        if (refuses)
            (await start.ShouldThrowAsync<KillSwitchInReachException>()).Message.ShouldContain(
                "mount them read-only, and start the bot again");
        else
            await start();
        said.Warnings.ShouldBe(warnings);
    }

    [Fact]
    public void Every_change_is_seen_at_once_even_one_of_the_same_length_at_the_same_time()
    {
        File.WriteAllText(path, "tenant: fabrikam");
        Why().ShouldBeNull();
        var written = File.GetLastWriteTimeUtc(path);
        File.WriteAllText(path, "tenant: contoso ");
        File.SetLastWriteTimeUtc(path, written);
        Why().ShouldBe("The kill switch pauses this client.");
    }

    [Fact]
    public void A_file_too_long_to_be_meant_pauses_everything()
    {
        File.WriteAllText(path, new('#', (64 * 1024) + 1));
        Why().ShouldBe("The kill switch file is longer than 64 KB, so everything is paused.");
    }

    [Fact]
    public void Without_a_path_nothing_is_paused() =>
        new KillSwitch(null).GetPauseReason(Contoso, Plan("service.start"), _ => "sandbox").ShouldBeNull();

    [Fact]
    public void A_connection_nobody_knows_counts_as_paused_with_any_connector()
    {
        File.WriteAllText(path, "connector: ninja");
        killSwitch.GetPauseReason(Contoso, Plan("service.start"), _ => null).ShouldBe("The kill switch pauses the connector ninja.");
    }

    [Fact]
    public async Task What_was_approved_is_stopped_too()
    {
        File.WriteAllText(path, "");
        var scene = new GateScene(killSwitchPath: path);
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        File.WriteAllText(path, "everything");
        (await scene.CheckExecuteAsync()).ShouldBe("The kill switch pauses everything.");
        (await scene.StagedAsync(Plan("process.lower-priority"), Con(1002))).Staged!.Terms.Reasons.ShouldBe(
            ["The kill switch pauses everything."]);
    }

    [Fact]
    public async Task Nothing_is_approved_or_taken_back_in_a_pause_and_both_can_be_asked_again_after_it()
    {
        File.WriteAllText(path, "");
        var scene = new GateScene(killSwitchPath: path);
        var staged = await scene.StagedAsync(Plan("disk.cleanup"));

        File.WriteAllText(path, "tenant: contoso");
        var paused = await scene.DecideAsync(Command(Ada, staged));
        (paused.Refusal, paused.Message).ShouldBe(
            (Refusal.Frozen, "The kill switch pauses this client. Nothing was approved; approve CON-1001 when the pause is over."));
        (await scene.IncidentAsync()).Decisions.ShouldBeEmpty();
        File.WriteAllText(path, "");
        (await scene.DecideAsync(Command(Ada, staged))).IsDone.ShouldBeTrue();
        await scene.ExecutedAsync();

        File.WriteAllText(path, "everything");
        (await scene.UndoAsync(Ada)).Refusal.ShouldBe(Refusal.Frozen);
        File.WriteAllText(path, "");
        (await scene.UndoAsync(Ada)).IsDone.ShouldBeTrue();
    }

    private string? Why() => killSwitch.GetPauseReason(Contoso, Plan("service.start"), _ => "sandbox");

    /// <summary>Whose rights this thread has to files from now on.</summary>
    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int AsUser(int user);

    [DllImport("libc", EntryPoint = "chown")]
    private static extern int ChangeOwner([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int user, int group);

    private sealed record Mode(bool IsLocal) : DevOpsAI.Tenancy.ILocalMode;

    private sealed class CapturedLog : ILogger<KillSwitchCheck>
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception,
            Func<TState, Exception?, string> formatter) =>
            Warnings += logLevel == LogLevel.Warning ? 1 : 0;
    }
}
