using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MicrosoftGraph;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>
/// Windows LAPS: whether a password is backed up, and another one ordered. What Intune accepts the device has not done yet, and no password
/// is ever asked for.
/// </summary>
public sealed class GraphLocalPasswordsTests : IAsyncLifetime
{
    private GraphHost host = null!;

    private JsonObject Device => host.World.Find(GraphHost.ContosoId, "managedDevices", GraphHost.PcId);

    private JsonObject Password => host.World.Find(GraphHost.ContosoId, "deviceLocalCredentials", GraphHost.PcEntraId);

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task The_password_itself_is_not_asked_for()
    {
        (await ObserveAsync()).ShouldBe(
            ["laps.backedUp = true", "laps.lastBackup = 2026-08-01T09:00:00Z", "laps.nextRotation = 2026-08-31T09:00:00Z"]);
        var asked = host.Calls.Single(static one => one.Path.Contains("deviceLocalCredentials", StringComparison.Ordinal));
        asked.Path.ShouldBe($"/directory/deviceLocalCredentials/{GraphHost.PcEntraId}");
        asked.Query["$select"].ShouldBe("id,deviceName,lastBackupDateTime,refreshDateTime");
        asked.Headers.ShouldContainKey("User-Agent", "Graph wants it here");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("none")]
    [InlineData("not in Entra")]
    [InlineData("no id")]
    public async Task A_device_without_a_backup_says_so_and_is_given_no_password_that_nobody_would_know(string why)
    {
        if (why == "none")
            host.World.All[(GraphHost.ContosoId, "deviceLocalCredentials")].Clear();
        else
            Device["azureADDeviceId"] = why == "no id" ? null : "00000000-0000-0000-0000-000000000000";
        (await ObserveAsync()).ShouldBe(["laps.backedUp = false"]);
        (await host.ActAsync("laps.rotate", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("not-backed-up");
        host.World.Effects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(403, "DeviceLocalCredential.ReadBasic.All")]
    [InlineData(500, "failed")]
    public async Task What_cannot_be_read_is_not_told_and_nothing_is_ordered(int status, string told)
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request.Path.StartsWith("/directory/", StringComparison.Ordinal)
            ? GraphHost.Error(status, "Authorization_RequestDenied")
            : usual(request);
        (await ObserveAsync()).ShouldBeEmpty();
        (await host.ObserveAsync(host.Device())).ShouldContain("device.serial = 5CG2098XYZ");
        var outcome = await host.ActAsync("laps.rotate", host.Device());
        outcome.ShouldNotBeOfType<CallOutcome<ActionReceipt>.Done>();
        outcome.ShouldNotBeOfType<CallOutcome<ActionReceipt>.Unknown>("nothing was ordered");
        if (status == 403)
            outcome.Reason.ShouldContain(told);
        host.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task Another_password_is_ordered_once_and_is_there_when_Entra_was_handed_it()
    {
        await using var beta = await GraphHost.StartBetaAsync();
        (host, var other) = (beta, host);
        await other.DisposeAsync();
        (await host.ActAsync("laps.rotate", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe(
            "Intune queued it: the password is another once Entra has a backup later than 2026-08-01T09:00:00Z, which may be hours later "
            + "when the device is off.");
        host.World.Effects.ShouldBe([$"POST /beta/deviceManagement/managedDevices/{GraphHost.PcId}/rotateLocalAdminPassword"]);
        host.Calls.Single(static one => one.Method == "POST").Body.ShouldBeEmpty();
        (await ObserveAsync()).ShouldContain("action.laps.rotate.state = pending");
        (await host.ActAsync("laps.rotate", host.Device())).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("already-queued");

        Device["deviceActionResults"]![0]!["actionState"] = "done";
        (await ObserveAsync()).ShouldContain("action.laps.rotate.state = active", "Entra has the old one");
        Password["lastBackupDateTime"] = "2026-12-01T00:00:01Z";
        (await ObserveAsync()).ShouldContain("action.laps.rotate.state = done");
        host.World.Effects.Count.ShouldBe(1);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_rotation_that_failed_is_said_to_have_failed_although_the_device_replaced_the_password_since()
    {
        Device["deviceActionResults"]!.AsArray().Add(new JsonObject
        {
            ["actionName"] = "rotateLocalAdminPassword", ["actionState"] = "failed", ["startDateTime"] = "2026-07-01T00:00:00Z",
        });
        (await ObserveAsync()).ShouldContain("action.laps.rotate.state = failed");
    }

    [Theory]
    [InlineData("https://graph.microsoft.com/v1.0", "https://graph.microsoft.com/beta")]
    [InlineData("https://graph.microsoft.us/v1.0", "https://graph.microsoft.us/beta")]
    [InlineData("http://127.0.0.1:5000", "http://127.0.0.1:5000/beta")]
    public void The_beta_version_is_beside_the_other(string address, string beta) => GraphCalls.Beta(address).ShouldBe(beta);

    private async Task<IEnumerable<string>> ObserveAsync() => (await host.ObserveAsync(host.Device())).Where(
        static one => one.Contains("laps", StringComparison.Ordinal));
}
