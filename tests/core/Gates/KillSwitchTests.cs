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
    public void Pauses_what_the_file_says(string text, string? sentence)
    {
        File.WriteAllText(path, text);
        Why().ShouldBe(sentence);
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
    public void A_switch_that_is_none_or_that_the_bot_itself_can_write_is_said_to_hold_nothing()
    {
        new KillSwitch(null).WhyWeak().ShouldNotBeNull().ShouldContain("Gates:KillSwitchPath");
        File.WriteAllText(path, "tenant: fabrikam");
        killSwitch.WhyWeak().ShouldNotBeNull().ShouldContain(path);
        File.ReadAllText(path).ShouldBe("tenant: fabrikam", "looking changes nothing");
        folder.EnumerateFileSystemInfos().ShouldHaveSingleItem();
        File.Delete(path);
        killSwitch.WhyWeak().ShouldNotBeNull("another can be put in its place");
        new KillSwitch(Path.Combine(path, "switch.txt")).WhyWeak().ShouldBeNull("where nothing can be put");
    }

    [Theory]
    [InlineData("Production", false, 1)]
    [InlineData("Development", false, 0)]
    [InlineData("Production", true, 0)]
    public async Task It_is_said_once_where_others_reach_the_bot(string environment, bool local, int times)
    {
        var said = new Said();
        var notice = new KillSwitchNotice(new(() => new(null)), new Mode(local), new HostingEnvironment { EnvironmentName = environment }, said);
        await notice.StartAsync(Cancelled);
        said.Warnings.ShouldBe(times);
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
    public void Without_a_path_nothing_is_paused() => new KillSwitch(null).WhyPaused(Contoso, Plan("service.start"), _ => "sandbox").ShouldBeNull();

    [Fact]
    public void A_connection_nobody_knows_counts_as_paused_with_any_connector()
    {
        File.WriteAllText(path, "connector: ninja");
        killSwitch.WhyPaused(Contoso, Plan("service.start"), _ => null).ShouldBe("The kill switch pauses the connector ninja.");
    }

    [Fact]
    public async Task What_was_approved_is_stopped_too()
    {
        File.WriteAllText(path, "");
        var scene = new GateScene(killSwitchPath: path);
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        (await scene.WhyNotExecuteAsync()).ShouldBeNull();
        File.WriteAllText(path, "everything");
        (await scene.WhyNotExecuteAsync()).ShouldBe("The kill switch pauses everything.");
        (await scene.StagedAsync(Plan("process.lower-priority"), "CON-1002")).Staged!.Terms.Reasons.ShouldBe(["The kill switch pauses everything."]);
    }

    [Fact]
    public async Task Nothing_is_approved_or_taken_back_in_a_pause_and_both_can_be_asked_again_after_it()
    {
        File.WriteAllText(path, "");
        var scene = new GateScene(killSwitchPath: path);
        var staged = await scene.StagedAsync(Plan("disk.cleanup"));

        File.WriteAllText(path, "tenant: contoso");
        var paused = await scene.DecideAsync(Command(Ada, staged));
        (paused.Refusal, paused.Sentence).ShouldBe((Refusal.Frozen, "The kill switch pauses this client. Nothing was approved; approve CON-1001 when the pause is over."));
        (await scene.IncidentAsync()).Decisions.ShouldBeEmpty();
        File.WriteAllText(path, "");
        (await scene.DecideAsync(Command(Ada, staged))).IsDone.ShouldBeTrue();
        await scene.ExecutedAsync();

        File.WriteAllText(path, "everything");
        (await scene.UndoAsync(Ada)).Refusal.ShouldBe(Refusal.Frozen);
        File.WriteAllText(path, "");
        (await scene.UndoAsync(Ada)).IsDone.ShouldBeTrue();
    }

    private string? Why() => killSwitch.WhyPaused(Contoso, Plan("service.start"), _ => "sandbox");

    private sealed record Mode(bool IsLocal) : DevOpsAI.Tenancy.ILocalMode;

    private sealed class Said : ILogger<KillSwitchNotice>
    {
        public int Warnings { get; private set; }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Warnings += logLevel == LogLevel.Warning ? 1 : 0;
    }
}
