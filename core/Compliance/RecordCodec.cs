using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>Writes and reads the records of an assessment. What many of them share (people, policies, kinds) it keeps once.</summary>
internal sealed class RecordCodec
{
    private readonly Table<Actor> actors = new();
    private readonly Table<string> texts = new();

    /// <summary>The same text, kept once.</summary>
    public string Share(string text) => texts[texts.IndexOf(text)];

    public Actor Share(Actor actor) => actors[actors.IndexOf(actor)];

    public void Write(BinaryWriter output, IncidentRecord incident)
    {
        output.Write(incident.Id);
        Write(output, incident.First);
        Write(output, incident.Latest);
        Write(output, incident.Opened);
        output.Write(incident.Title.Place);
        output.Write(incident.Device.Place);
        output.Write7BitEncodedInt(incident.Severity is { } severity ? (int)severity + 1 : 0);
        output.Write7BitEncodedInt(texts.IndexOf(incident.Kind));
        output.Write(incident.OutOfBand ?? "");
        output.Write(incident.Simulated);
        Write(output, incident.Closed);
        Write(output, incident.Treated);
        output.Write(incident.ClosedReason.Place);
        output.Write7BitEncodedInt(incident.Reopenings.Count);
        foreach (var again in incident.Reopenings)
        {
            Write(output, again.Mark);
            Write(output, again.Closed);
            output.Write(again.ClosedReason.Place);
            output.Write(again.FiresAgain);
        }
        output.Write7BitEncodedInt(incident.Drafts.Count);
        foreach (var draft in incident.Drafts)
        {
            Write(output, draft.Mark);
            output.Write7BitEncodedInt(draft.Revision);
            output.Write(draft.Drafter.Place);
            output.Write(draft.NotAfter?.UtcTicks ?? 0);
        }
        output.Write7BitEncodedInt(incident.Revisions.Count);
        foreach (var revision in incident.Revisions)
            Write(output, revision);
    }

    public IncidentRecord ReadIncident(BinaryReader input)
    {
        var incident = new IncidentRecord(ProposalSubject.Parse(input.ReadString()))
        {
            First = ReadMark(input),
            Latest = ReadMark(input),
            Opened = ReadMarkOrNull(input),
            Title = ReadText(input),
            Device = ReadText(input),
            Severity = input.Read7BitEncodedInt() is > 0 and var severity ? (Severity)(severity - 1) : null,
            Kind = texts[input.Read7BitEncodedInt()],
            OutOfBand = input.ReadString() is { Length: > 0 } key ? key : null,
            Simulated = input.ReadBoolean(),
            Closed = ReadMarkOrNull(input),
            Treated = ReadMarkOrNull(input),
            ClosedReason = ReadText(input),
        };
        for (var left = input.Read7BitEncodedInt(); left > 0; left--)
            incident.Reopenings.Add(new(ReadMark(input), ReadMarkOrNull(input), ReadText(input), input.ReadBoolean()));
        for (var left = input.Read7BitEncodedInt(); left > 0; left--)
            incident.Drafts.Add(new(ReadMark(input), input.Read7BitEncodedInt(), ReadText(input)) { NotAfter = ReadTime(input) });
        for (var left = input.Read7BitEncodedInt(); left > 0; left--)
            incident.Revisions.Add(ReadRound(input));
        return incident;
    }

    public void Write(BinaryWriter output, Deviation deviation)
    {
        output.Write7BitEncodedInt((int)deviation.Kind);
        Write(output, deviation.Mark);
        Write(output, deviation.Ended);
        output.Write7BitEncodedInt(actors.IndexOf(deviation.By));
        output.Write(deviation.Text.Place);
        output.Write(deviation.What.Place);
    }

    public Deviation ReadDeviation(BinaryReader input) => new((DeviationKind)input.Read7BitEncodedInt(), ReadMark(input))
    {
        Ended = ReadMarkOrNull(input), By = actors[input.Read7BitEncodedInt()], Text = ReadText(input), What = ReadText(input),
    };

    private void Write(BinaryWriter output, RevisionRecord revision)
    {
        Write(output, revision.Staged);
        output.Write7BitEncodedInt(revision.Revision);
        output.Write7BitEncodedInt((int)revision.Kind);
        output.Write7BitEncodedInt((int)revision.Level);
        output.Write7BitEncodedInt(revision.Approvals);
        output.Write(revision.NotTheRequester);
        output.Write7BitEncodedInt(actors.IndexOf(revision.Requester));
        output.Write(revision.ExpiresAt.UtcTicks);
        output.Write(revision.Validity.Ticks);
        output.Write(revision.NeverAfter?.UtcTicks ?? 0);
        output.Write7BitEncodedInt(texts.IndexOf(revision.Policy));
        output.Write(revision.Plan.Place);
        output.Write(revision.PlanUnreadable ?? "");
        output.Write7BitEncodedInt(revision.Targets.Length);
        foreach (var target in revision.Targets)
            output.Write7BitEncodedInt(target);
        output.Write(revision.PlanDigest.ToArray());
        output.Write7BitEncodedInt(revision.Decisions.Count);
        foreach (var decision in revision.Decisions)
            Write(output, decision);
        output.Write7BitEncodedInt(revision.Reviews.Count);
        foreach (var review in revision.Reviews)
            Write(output, review);
        Write(output, revision.GlassEscalated);
        Write(output, revision.Expired);
        Write(output, revision.Withdrawn);
        Write(output, revision.Escalated);
        output.Write(revision.Run is not null);
        if (revision.Run is { } run)
            Write(output, run);
    }

    /// <summary>Null for the beginning of time, which no entry has.</summary>
    private static DateTimeOffset? ReadTime(BinaryReader input) =>
        input.ReadInt64() is > 0 and var ticks ? new(ticks, TimeSpan.Zero) : null;

    private RevisionRecord ReadRound(BinaryReader input)
    {
        var revision = new RevisionRecord
        {
            Staged = ReadMarkOrNull(input),
            Revision = input.Read7BitEncodedInt(),
            Kind = (ProposalKind)input.Read7BitEncodedInt(),
            Level = (GateLevel)input.Read7BitEncodedInt(),
            Approvals = input.Read7BitEncodedInt(),
            NotTheRequester = input.ReadBoolean(),
            Requester = actors[input.Read7BitEncodedInt()],
            ExpiresAt = new(input.ReadInt64(), TimeSpan.Zero),
            Validity = new(input.ReadInt64()),
            NeverAfter = ReadTime(input),
            Policy = texts[input.Read7BitEncodedInt()],
            Plan = ReadText(input),
            PlanUnreadable = input.ReadString() is { Length: > 0 } why ? why : null,
            Targets = ReadTargets(input),
            PlanDigest = new(input.ReadBytes(32)),
        };
        for (var left = input.Read7BitEncodedInt(); left > 0; left--)
            revision.Decisions.Add(ReadDecision(input));
        for (var left = input.Read7BitEncodedInt(); left > 0; left--)
            revision.Reviews.Add(
                new(ReadMark(input), actors[input.Read7BitEncodedInt()], input.ReadBoolean(), input.ReadBoolean(), ReadText(input)));
        revision.GlassEscalated = ReadMarkOrNull(input);
        revision.Expired = ReadMarkOrNull(input);
        revision.Withdrawn = ReadMarkOrNull(input);
        revision.Escalated = ReadMarkOrNull(input);
        revision.Run = input.ReadBoolean() ? ReadRun(input) : null;
        return revision;
    }

    private void Write(BinaryWriter output, DecisionRecord decision)
    {
        Write(output, decision.Mark);
        output.Write7BitEncodedInt((int)decision.Kind);
        output.Write7BitEncodedInt(actors.IndexOf(decision.By));
        output.Write(decision.Complete);
        output.Write(decision.Sealed);
        output.Write(decision.Reason.Place);
        output.Write7BitEncodedInt(decision.InTheNameOf is { } absent ? actors.IndexOf(absent) + 1 : 0);
        output.Write(decision.Owed is not null);
        if (decision.Owed is { } owed)
        {
            output.Write(owed.Count);
            output.Write(owed.DueAt.UtcTicks);
        }
        output.Write(decision.ByClock.UtcTicks);
    }

    private void Write(BinaryWriter output, ReviewRecord review)
    {
        Write(output, review.Mark);
        output.Write7BitEncodedInt(actors.IndexOf(review.By));
        output.Write(review.Confirms);
        output.Write(review.Complete);
        output.Write(review.Reason.Place);
    }

    private DecisionRecord ReadDecision(BinaryReader input) => new(
        ReadMark(input), (DecisionKind)input.Read7BitEncodedInt(), actors[input.Read7BitEncodedInt()], input.ReadBoolean(),
        input.ReadBoolean(), ReadText(input))
    {
        InTheNameOf = input.Read7BitEncodedInt() is > 0 and var absent ? actors[absent - 1] : null,
        Owed = input.ReadBoolean() ? new(input.ReadInt32(), new(input.ReadInt64(), TimeSpan.Zero)) : null,
        ByClock = new(input.ReadInt64(), TimeSpan.Zero),
    };

    private static void Write(BinaryWriter output, ExecutionRecord run)
    {
        output.Write(run.Id);
        Write(output, run.Started);
        output.Write(run.AllowedBy ?? 0);
        output.Write(run.Sealed);
        output.Write(run.Frozen);
        output.Write(run.LeaseUntil.UtcTicks);
        output.Write7BitEncodedInt(run.Applied);
        output.Write7BitEncodedInt(run.NotApplied);
        Write(output, run.LastStep);
        Write(output, run.Finished);
        output.Write7BitEncodedInt(run.Outcome is { } outcome ? (int)outcome + 1 : 0);
        output.Write(run.RolledBack);
        output.Write(run.Summary.Place);
        output.Write(run.Changes.Place);
    }

    private static ExecutionRecord ReadRun(BinaryReader input) => new(input.ReadString(), ReadMark(input))
    {
        AllowedBy = input.ReadInt64() is not 0 and var gate ? gate : null,
        Sealed = input.ReadBoolean(),
        Frozen = input.ReadBoolean(),
        LeaseUntil = new(input.ReadInt64(), TimeSpan.Zero),
        Applied = input.Read7BitEncodedInt(),
        NotApplied = input.Read7BitEncodedInt(),
        LastStep = ReadMarkOrNull(input),
        Finished = ReadMarkOrNull(input),
        Outcome = input.Read7BitEncodedInt() is > 0 and var outcome ? (ExecutionOutcome)(outcome - 1) : null,
        RolledBack = input.ReadBoolean(),
        Summary = ReadText(input),
        Changes = ReadText(input),
    };

    private static int[] ReadTargets(BinaryReader input)
    {
        var targets = new int[input.Read7BitEncodedInt()];
        for (var i = 0; i < targets.Length; i++)
            targets[i] = input.Read7BitEncodedInt();
        return targets;
    }

    /// <summary>Entries count from 1, so 0 says that there is none.</summary>
    private static void Write(BinaryWriter output, EntryReference? mark)
    {
        output.Write(mark?.Seq ?? 0);
        if (mark is { } known)
            output.Write(known.Milliseconds);
    }

    private static EntryReference ReadMark(BinaryReader input) => ReadMarkOrNull(input)!.Value;

    private static EntryReference? ReadMarkOrNull(BinaryReader input) =>
        input.ReadInt64() is not 0 and var seq ? new EntryReference(seq, input.ReadInt64()) : null;

    private static StoredText ReadText(BinaryReader input) => new(input.ReadInt64());

    private sealed class Table<T>
        where T : notnull
    {
        private readonly Dictionary<T, int> indexes = [];
        private readonly List<T> items = [];

        public T this[int index] => items[index];

        public int IndexOf(T item)
        {
            if (indexes.TryGetValue(item, out var known))
                return known;
            indexes.Add(item, items.Count);
            items.Add(item);
            return items.Count - 1;
        }
    }
}
