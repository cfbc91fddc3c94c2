//! What was said of a tree at the merge stage.

use rusqlite::{Connection, params};

use super::{Error, Ledger};
use crate::digest::ObjectId;
use crate::verdict::{Kind, Overridden, Proof};

/// What a run of the merge stage said of a whole tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The run.
    pub run: String,
    /// What was said.
    pub verdict: Kind,
    /// What it rests on.
    pub proof: Option<Proof>,
    /// The commit that it was judged on, if that was the tip of the branch that it was to land on.
    pub target: Option<ObjectId>,
    /// That somebody let it land all the same.
    pub overridden: Option<Overridden>,
}

impl Ledger {
    /// Everything that runs of the merge stage said of a tree when they judged all of it, the oldest first.
    ///
    /// # Errors
    /// When the file can't be read.
    pub fn judgements(&self, tree: ObjectId) -> Result<Vec<Judgement>, Error> {
        Ok(self.ask(|connection| judgements(connection, tree))?.unwrap_or_default())
    }
}

fn judgements(connection: &Connection, tree: ObjectId) -> Result<Vec<Judgement>, Error> {
    let mut query = connection.prepare_cached(
        "SELECT id, verdict, proof, CASE json_extract(document, '$.base.choice.kind') WHEN 'target' \
         THEN json_extract(document, '$.base.commit') END, json_extract(document, '$.overridden') \
         FROM runs WHERE candidate_tree = ?1 AND stage = 'merge' AND NOT narrowed ORDER BY seq",
    )?;
    let rows = query.query_map(params![tree.as_bytes()], |row| {
        let text = |column: usize| row.get::<_, Option<String>>(column);
        Ok((row.get::<_, String>(0)?, text(1)?, text(2)?, text(3)?, text(4)?))
    })?;
    let mut found = Vec::new();
    for row in rows {
        let (run, verdict, proof, target, overridden) = row?;
        let unreadable = |source| Error::Document { run: run.clone(), source };
        found.push(Judgement {
            verdict: serde_json::from_value(verdict.into()).map_err(unreadable)?,
            proof: serde_json::from_value(proof.into()).map_err(unreadable)?,
            overridden: overridden.map(|told| serde_json::from_str(&told)).transpose().map_err(unreadable)?,
            target: target.and_then(|id| id.parse().ok()),
            run,
        });
    }
    Ok(found)
}
