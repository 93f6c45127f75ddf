using System.Collections.Concurrent;
using System.Globalization;
using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Core.Tickets;

/// <summary>What the PSA does with the next thing that is written.</summary>
public enum PsaMood { Does, Refuses, IsBusy, DoesAndLosesTheAnswer, LosesItAltogether }

/// <summary>A ticket at the played PSA.</summary>
internal sealed class PlayedTicket(string id, string device, string title, string? reference)
{
    public string Id => id;
    public string Device => device;
    public string Title => title;
    public string? Reference => reference;
    public List<string> Notes { get; } = [];
    public List<string> Hours { get; } = [];
    public bool IsClosed { get; set; }
}

/// <summary>A PSA with memory that can misbehave; it counts what it really did itself.</summary>
internal sealed class PlayedPsa : IConnector
{
    private readonly List<(string Id, string Name, string Serial)> devices = [];

    public string Name => "psa";

    public bool IsSimulation { get; set; }

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; set; } = new[]
    {
        Spec("ticket.open", "device", false), Spec("ticket.note", "ticket", false), Spec("ticket.time", "ticket", false),
        Spec("ticket.resolve", "ticket", true),
    }.ToDictionary(static spec => spec.Name);

    public List<PlayedTicket> Tickets { get; } = [];

    public ConcurrentQueue<PsaMood> Moods { get; } = [];

    /// <summary>It answers nothing.</summary>
    public bool IsAway { get; set; }

    /// <summary>It tells what was written into a ticket.</summary>
    public bool TellsNotes { get; set; } = true;

    /// <summary>It tells all time that was written on a ticket.</summary>
    public bool TellsTimes { get; set; } = true;

    /// <summary>It has no right to read the tickets of a device.</summary>
    public bool HidesTickets { get; set; }

    /// <summary>It has no right to read: every question is refused.</summary>
    public bool RefusesToTell { get; set; }

    public int Calls { get; private set; }

    public void AddDevice(string id, string name, string serial = "") => devices.Add((id, name, serial));

    public void ForgetDevices() => devices.Clear();

    public PlayedTicket AddTicket(string device, string title, string? reference = null)
    {
        var ticket = new PlayedTicket($"{10423 + Tickets.Count}", device, title, reference);
        Tickets.Add(ticket);
        return ticket;
    }

    public Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken) =>
        Answer<IReadOnlyList<Target>>(() => kind switch
        {
            "device" => [.. devices.Where(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(one => new Target(connection.Name, kind, one.Id, one.Name, "Contoso Ltd"))],
            "ticket" => [.. Tickets.Where(one => one.Id == name || one.Reference == name)
                .Select(one => new Target(connection.Name, kind, one.Id, name, "Contoso Ltd"))],
            _ => [],
        });

    public Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken) =>
        Answer<IReadOnlyDictionary<string, string>>(() =>
        {
            var seen = new Dictionary<string, string>();
            if (target.Kind == "device")
            {
                if (devices.Find(one => one.Id == target.Id).Serial is { Length: > 0 } serial)
                    seen["device.serial"] = serial;
                if (HidesTickets)
                    seen["device.tickets"] = "unreadable";
                foreach (var ticket in Tickets.Where(one => !HidesTickets && one.Device == target.Id && !one.IsClosed))
                    seen[$"ticket.{ticket.Id}.title"] = ticket.Title;
                return seen;
            }
            var known = Tickets.Single(one => one.Id == target.Id);
            seen["ticket.closed"] = known.IsClosed ? "true" : "false";
            if (TellsNotes)
                seen["ticket.notes"] = known.Notes.Count.ToString(CultureInfo.InvariantCulture);
            for (var number = 0; TellsNotes && number < known.Notes.Count; number++)
                seen[$"ticket.note.{number}.text"] = known.Notes[number];
            if (TellsTimes)
                seen["ticket.times"] = known.Notes.Count.ToString(CultureInfo.InvariantCulture);
            for (var number = 0; TellsTimes && number < known.Notes.Count; number++)
                seen[$"ticket.time.{number}.text"] = known.Notes[number];
            return seen;
        });

    public Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        Calls++;
        if (IsAway)
            return Task.FromResult<CallOutcome<ActionReceipt>>(new CallOutcome<ActionReceipt>.NotDone("The PSA is away."));
        var mood = Moods.TryDequeue(out var next) ? next : PsaMood.Does;
        if (mood is PsaMood.Does or PsaMood.DoesAndLosesTheAnswer)
            Apply(call);
        return Task.FromResult<CallOutcome<ActionReceipt>>(mood switch
        {
            PsaMood.Does => new CallOutcome<ActionReceipt>.Done(new("The PSA took it.")),
            PsaMood.Refuses => new CallOutcome<ActionReceipt>.Refused("no", "An outcome must be entered."),
            PsaMood.IsBusy => new CallOutcome<ActionReceipt>.NotDone("The PSA is busy.", TimeSpan.FromSeconds(5)),
            _ => new CallOutcome<ActionReceipt>.Unknown("The connection was cut."),
        });
    }

    public Task<CallOutcome<OperationStatus>> LookUpAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        Answer(static () => OperationStatus.CannotTell);

    private void Apply(ActionCall call)
    {
        if (call.Action == "ticket.open")
        {
            AddTicket(call.Target.Id, call.Arguments["title"], call.Arguments["reference"]);
            return;
        }
        var ticket = Tickets.Single(one => one.Id == call.Target.Id);
        switch (call.Action)
        {
            case "ticket.note":
                ticket.Notes.Add($"{call.Arguments["note"]} ({call.OperationId})");
                break;
            case "ticket.time":
                ticket.Hours.Add(call.Arguments["hours"]);
                ticket.Notes.Add($"{call.Arguments["note"]} ({call.OperationId})");
                break;
            default:
                ticket.IsClosed = true;
                break;
        }
    }

    private Task<CallOutcome<T>> Answer<T>(Func<T> answer) => Task.FromResult<CallOutcome<T>>(
        (IsAway, RefusesToTell) switch
        {
            (true, _) => new CallOutcome<T>.NotDone("The PSA is away."),
            (_, true) => new CallOutcome<T>.Refused("forbidden", "No right to read."),
            _ => new CallOutcome<T>.Done(answer()),
        });

    private static ActionSpec Spec(string name, string kind, bool idempotent)
    {
        var capability = Capabilities.Actions[name];
        return new(
            name, capability.Title, kind, Reversibility.Irreversible, BlastRadius.Nothing, idempotent,
            string.Create(CultureInfo.InvariantCulture, $"{name} of {{target}}"), capability.Arguments, null, TimeSpan.FromSeconds(30));
    }
}
