using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>How a vendor under test misbehaves with the next action.</summary>
public enum Trouble { NoneAtAll, Rejects, IsBusy, ActsAndFails, ActsAndCutsTheConnection, IsSlow, Hangs }

/// <summary>A vendor that a connector is tested against, with its own count of what it did.</summary>
public interface IVendorUnderTest : IAsyncDisposable
{
    IConnector Connector { get; }

    Connection Connection { get; }

    /// <summary>Another tenant's connection to the same vendor.</summary>
    Connection Foreign { get; }

    /// <summary>The kind and name of something that both tenants have under this name.</summary>
    (string Kind, string Name) Twin { get; }

    /// <summary>An action that can be done to the twin now, and what it leads to.</summary>
    (string Action, IReadOnlyDictionary<string, string> Arguments, Condition Before, Condition After) Remedy { get; }

    Task SetAsync(Trouble trouble);

    /// <summary>Completes once the vendor is at an action that it is slow with.</summary>
    Task IsAtWorkAsync();

    /// <summary>
    /// So much time passes at once, for the connector and for the vendor. An action's time limit is over long before the vendor ends one
    /// that it is slow with.
    /// </summary>
    void Skip(TimeSpan time);

    /// <summary>How often it was done at the vendor of <see cref="Connection"/>.</summary>
    Task<int> EffectsAsync(string operationId);
}

/// <summary>What the executor relies on, and every connector has to pass.</summary>
public abstract class ConnectorContract
{
    protected abstract Task<IVendorUnderTest> StartAsync();

    /// <summary>The vendor keeps what we call an operation. Where it does not, nothing can be told of one, whatever became of it.</summary>
    protected virtual bool TellsOperations => true;

    /// <summary>The vendor says of an operation that it does not have that it was not done. Else nothing is told of one that is absent.</summary>
    protected virtual bool TellsAbsence => TellsOperations;

    /// <summary>
    /// The vendor knows whose a thing is. Where each client has a vendor of its own it does not, and two of them may have things of one id:
    /// only the connection's address keeps them apart.
    /// </summary>
    protected virtual bool TellsClients => true;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_name_is_found_exactly_and_whatever_its_case()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        target.Connection.ShouldBe(vendor.Connection.Name);
        (await FindAsync(vendor, vendor.Connection, vendor.Twin.Name.ToLowerInvariant())).ShouldHaveSingleItem().Id.ShouldBe(target.Id);
        (await FindAsync(vendor, vendor.Connection, vendor.Twin.Name[..^1])).ShouldBeEmpty();
        (await FindAsync(vendor, vendor.Connection, vendor.Twin.Name + "' OR '1'='1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_same_name_of_two_tenants_is_two_targets()
    {
        await using var vendor = await StartAsync();
        var foreign = (await FindAsync(vendor, vendor.Foreign, vendor.Twin.Name)).ShouldHaveSingleItem();
        var own = await TwinAsync(vendor);
        (own.Connection, foreign.Connection).ShouldBe((vendor.Connection.Name, vendor.Foreign.Name));
        if (TellsClients)
        {
            foreign.Id.ShouldNotBe(own.Id);
            foreign.Client.ShouldNotBe(own.Client);
        }
        (await vendor.Connector.ActAsync(
            vendor.Foreign, Call(vendor, foreign, "op-1"), Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Remedy.Before.Holds(await ObserveAsync(vendor, own)).ShouldBe(true, "what is done to one is not done to the other");
    }

    [Fact]
    public async Task A_target_of_another_connection_is_refused_and_nothing_happens()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        (await vendor.Connector.ActAsync(
            vendor.Foreign, Call(vendor, target, "op-1"), Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        (await vendor.Connector.ObserveAsync(
            vendor.Foreign, target, Token)).ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Refused>();
        // Nor does relabelling it help: the vendor knows whose it is, or the other client's vendor is the only one that is asked.
        var relabelled = target with { Connection = vendor.Foreign.Name };
        var outcome = await vendor.Connector.ActAsync(vendor.Foreign, Call(vendor, relabelled, "op-1"), Token);
        if (TellsClients)
            outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        (await vendor.EffectsAsync("op-1")).ShouldBe(0);
        vendor.Remedy.Before.Holds(await ObserveAsync(vendor, target)).ShouldBe(true);
    }

    [Fact]
    public async Task An_action_changes_the_world_once_and_can_be_looked_up()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        (await LookUpAsync(vendor, target, "op-1")).ShouldBe(Told(OperationStatus.NotApplied));
        vendor.Remedy.Before.Holds(await ObserveAsync(vendor, target)).ShouldBe(true);
        (await vendor.Connector.ActAsync(
            vendor.Connection, Call(vendor, target, "op-1"), Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Remedy.After.Holds(await ObserveAsync(vendor, target)).ShouldBe(true);
        (await LookUpAsync(vendor, target, "op-1")).ShouldBe(Told(OperationStatus.Applied));
        (await vendor.EffectsAsync("op-1")).ShouldBe(1);
        (await vendor.Connector.LookUpAsync(vendor.Foreign, Call(vendor, target, "op-1"), Token)).ShouldNotBe(
            new CallOutcome<OperationStatus>.Done(OperationStatus.Applied), "it was another tenant's");
    }

    [Fact]
    public async Task A_refusal_is_told_as_one()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        await vendor.SetAsync(Trouble.Rejects);
        (await vendor.Connector.ActAsync(
            vendor.Connection, Call(vendor, target, "op-1"), Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        (await vendor.EffectsAsync("op-1")).ShouldBe(0);
    }

    [Fact]
    public async Task A_busy_vendor_did_nothing_and_says_when_to_come_back()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        await vendor.SetAsync(Trouble.IsBusy);
        var outcome =
            (await vendor.Connector.ActAsync(
                vendor.Connection, Call(vendor, target, "op-1"), Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        outcome.TryAgainIn.ShouldNotBeNull();
        (await vendor.EffectsAsync("op-1")).ShouldBe(0);
    }

    [Theory]
    [InlineData(Trouble.ActsAndFails)]
    [InlineData(Trouble.ActsAndCutsTheConnection)]
    public async Task A_lost_answer_is_unknown_and_never_sent_twice(Trouble trouble)
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        await vendor.SetAsync(trouble);
        (await vendor.Connector.ActAsync(
            vendor.Connection, Call(vendor, target, "op-1"), Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        (await vendor.EffectsAsync("op-1")).ShouldBe(1);
        (await LookUpAsync(vendor, target, "op-1")).ShouldBe(Told(OperationStatus.Applied));
    }

    [Fact]
    public async Task A_slow_action_is_unknown_and_cannot_be_told_until_it_has_ended()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        await vendor.SetAsync(Trouble.IsSlow);
        var acting = vendor.Connector.ActAsync(vendor.Connection, Call(vendor, target, "op-1"), Token);
        await vendor.IsAtWorkAsync();
        await vendor.SetAsync(Trouble.NoneAtAll);
        vendor.Skip(GetLimit(vendor));
        (await acting).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        (await LookUpAsync(vendor, target, "op-1")).ShouldBe(OperationStatus.CannotTell, "it may still be done, so it must not be sent again");
        vendor.Skip(TimeSpan.FromDays(1));
        while (await vendor.EffectsAsync("op-1") == 0)
            await Task.Delay(10, Token);
        OperationStatus status;
        do
            status = await LookUpAsync(vendor, target, "op-1");
        while (TellsOperations && status == OperationStatus.CannotTell);
        status.ShouldBe(Told(OperationStatus.Applied));
        (await vendor.EffectsAsync("op-1")).ShouldBe(1);
    }

    [Fact]
    public async Task A_vendor_that_hangs_is_given_up_on()
    {
        await using var vendor = await StartAsync();
        var target = await TwinAsync(vendor);
        await vendor.SetAsync(Trouble.Hangs);
        var acting = vendor.Connector.ActAsync(vendor.Connection, Call(vendor, target, "op-1"), Token);
        while (!acting.IsCompleted)
        {
            vendor.Skip(GetLimit(vendor));
            await Task.Delay(10, Token);
        }
        (await acting).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        await vendor.SetAsync(Trouble.NoneAtAll);
        (await vendor.EffectsAsync("op-1")).ShouldBe(0);
        (await LookUpAsync(vendor, target, "op-1")).ShouldBe(Told(OperationStatus.NotApplied));
    }

    [Fact]
    public async Task Whoever_stops_waiting_is_obeyed()
    {
        await using var vendor = await StartAsync();
        await vendor.SetAsync(Trouble.Hangs);
        using var stop = new CancellationTokenSource();
        var finding = vendor.Connector.FindAsync(vendor.Connection, vendor.Twin.Kind, vendor.Twin.Name, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => finding);
    }

    [Fact]
    public async Task Every_rollback_and_argument_in_the_catalog_makes_sense()
    {
        await using var vendor = await StartAsync();
        vendor.Connector.Actions.ShouldNotBeEmpty();
        CatalogRules.ValidationErrors(vendor.Connector.Actions).ShouldBeEmpty();
    }

    /// <summary>Rollbacks run by themselves, so an action is never declared milder than what takes it back.</summary>
    [Fact]
    public async Task No_rollback_reaches_further_than_its_action()
    {
        await using var vendor = await StartAsync();
        foreach (var (spec, back) in vendor.Connector.Actions.Values.Where(spec => spec.Rollback is not null)
            .Select(spec => (spec, vendor.Connector.Actions[spec.Rollback!])))
        {
            (back.Reversibility > spec.Reversibility).ShouldBeFalse(spec.Name);
            (back.BlastRadius > spec.BlastRadius).ShouldBeFalse(spec.Name);
        }
    }

    private OperationStatus Told(OperationStatus status) =>
        (status == OperationStatus.NotApplied ? TellsAbsence : TellsOperations) ? status : OperationStatus.CannotTell;

    private static ActionCall Call(IVendorUnderTest vendor, Target target, string operation) =>
        new(operation, vendor.Remedy.Action, target, vendor.Remedy.Arguments);

    private static TimeSpan GetLimit(IVendorUnderTest vendor) => vendor.Connector.Actions[vendor.Remedy.Action].Timeout;

    private static async Task<Target> TwinAsync(IVendorUnderTest vendor) =>
        (await FindAsync(vendor, vendor.Connection, vendor.Twin.Name)).ShouldHaveSingleItem();

    private static async Task<IReadOnlyList<Target>> FindAsync(IVendorUnderTest vendor, Connection connection, string name) =>
        (await vendor.Connector.FindAsync(
            connection, vendor.Twin.Kind, name, Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value;

    private static async Task<IReadOnlyDictionary<string, string>> ObserveAsync(IVendorUnderTest vendor, Target target) =>
        (await vendor.Connector.ObserveAsync(
            vendor.Connection, target, Token)).ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Done>().Value;

    private static async Task<OperationStatus> LookUpAsync(IVendorUnderTest vendor, Target target, string operation) =>
        (await vendor.Connector.LookUpAsync(vendor.Connection, Call(vendor, target, operation), Token)).ShouldBeOfType<CallOutcome<OperationStatus>.Done>().Value;
}
