//! The catalogue as it was read from the shop.

use crate::column::{At, Json};
use crate::readers::Readers;
use crate::writer::Writer;
use rusqlite::{OptionalExtension, params};
use usher_agent::CatalogFailure;
use usher_agent::store::{CatalogChange, Result, StoredCatalog, StoredProduct};

pub(super) async fn read(readers: &Readers) -> Result<Option<StoredCatalog>> {
    let catalog = readers
        .read(|connection| {
            let mut state =
                connection.prepare_cached("SELECT source, synced_at, whole_at, failed_at, failure FROM catalog")?;
            let time =
                |row: &rusqlite::Row<'_>, at: usize| row.get::<_, Option<At>>(at).map(|found| found.map(|at| at.0));
            let state = state.query_row([], |row| {
                let failed = time(row, 3)?.zip(row.get::<_, Option<String>>(4)?);
                Ok(StoredCatalog {
                    source: row.get(0)?,
                    products: Vec::new(),
                    synced_at: time(row, 1)?,
                    whole_at: time(row, 2)?,
                    failure: failed.map(|(at, message)| CatalogFailure { at, message }),
                })
            });
            let Some(mut catalog) = state.optional()? else { return Ok(None) };
            let mut products = connection.prepare_cached("SELECT id, product FROM catalog_product ORDER BY id")?;
            let products = products
                .query_map([], |row| Ok(StoredProduct { id: row.get(0)?, product: row.get::<_, Json<_>>(1)?.0 }))?;
            catalog.products = products.collect::<rusqlite::Result<_>>()?;
            Ok(Some(catalog))
        })
        .await?;
    Ok(catalog)
}

pub(super) async fn change(writer: &Writer, change: CatalogChange) -> Result<()> {
    writer
        .write(move |connection| {
            connection
                .prepare_cached("DELETE FROM catalog_product WHERE EXISTS (SELECT 1 FROM catalog WHERE source <> ?1)")?
                .execute([&change.source])?;
            connection
                .prepare_cached(
                    "INSERT INTO catalog (one, source, synced_at, whole_at) VALUES (1, ?1, ?2, ?3)
                     ON CONFLICT (one) DO UPDATE SET synced_at = excluded.synced_at,
                         whole_at = CASE WHEN source = excluded.source
                             THEN coalesce(excluded.whole_at, whole_at) ELSE excluded.whole_at END,
                         source = excluded.source, failed_at = NULL, failure = NULL",
                )?
                .execute(params![change.source, At(change.synced_at), change.whole_at.map(At)])?;
            let mut put = connection.prepare_cached(
                "INSERT INTO catalog_product (id, product) VALUES (?1, ?2)
                 ON CONFLICT (id) DO UPDATE SET product = excluded.product",
            )?;
            for product in &change.put {
                put.execute(params![product.id, product.product.to_string()])?;
            }
            let mut remove = connection.prepare_cached("DELETE FROM catalog_product WHERE id = ?1")?;
            for id in &change.removed {
                remove.execute([id])?;
            }
            Ok(())
        })
        .await?;
    Ok(())
}

pub(super) async fn note_failure(writer: &Writer, source: String, failure: CatalogFailure) -> Result<()> {
    writer
        .write(move |connection| {
            connection
                .prepare_cached(
                    "INSERT INTO catalog (one, source, failed_at, failure) VALUES (1, ?1, ?2, ?3)
                     ON CONFLICT (one) DO UPDATE SET failed_at = excluded.failed_at, failure = excluded.failure",
                )?
                .execute(params![source, At(failure.at), failure.message])?;
            Ok(())
        })
        .await?;
    Ok(())
}
