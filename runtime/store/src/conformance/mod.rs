//! What every engine behind the agent's store trait must do, as tests by name.
//!
//! An engine's test file holds a few lines:
//!
//! ```text
//! struct Mine { /* where its database is */ }
//!
//! #[async_trait::async_trait]
//! impl Engine for Mine { /* … */ }
//!
//! usher_store::conformance!(Mine::new());
//! ```
//!
//! Each test makes an engine of its own, so they run side by side.

pub mod accounts;
pub mod audit;
pub mod catalog;
pub mod channels;
pub mod conversations;
pub mod desk;
pub mod dispatches;
pub mod handoff;
pub mod inbox;
pub mod insight;
pub mod jobs;
pub mod knowledge;
pub mod ledger;
pub mod operator;
pub mod outbox;
pub mod people;
pub mod privacy;
pub mod resolution;
pub mod restart;
pub mod scenario;
mod scene;
pub mod search;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod skills;
pub mod takeover;
pub mod tickets;
pub mod turns;
pub mod webhook;

use async_trait::async_trait;
use std::sync::Arc;
use std::time::Duration;
use usher_agent::store::Store;
use usher_host::Ledger;

/// What a test comes to. An error fails it as a failed assertion does.
pub type Outcome<T = ()> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What an engine is: the agent's store and the host's ledger over the same database.
pub trait Keeps: Store + Ledger {}

impl<T: Store + Ledger> Keeps for T {}

/// One database of the engine under test.
#[async_trait]
pub trait Engine: Send + Sync {
    /// Opens the store: empty the first time, later with what was stored. A test drops what it opened before it opens
    /// again, which stands for a restart of the server.
    async fn open(&self) -> Outcome<Arc<dyn Keeps>>;
}

/// A test that waits for something that never comes fails after five minutes, rather than never.
#[doc(hidden)]
pub async fn in_time(test: impl Future<Output = Outcome>) -> Outcome {
    tokio::time::timeout(Duration::from_secs(300), test).await?
}

/// Makes a test of each function of the suite. The expression makes an [`Engine`], once for each test.
#[macro_export]
macro_rules! conformance {
    ($engine:expr) => {
        $crate::conformance! { @of $engine;
            sessions: [
                a_session_is_found_by_its_token_until_it_ends,
                a_session_is_found_by_its_name,
                an_identity_is_kept_until_it_is_removed,
                expired_sessions_without_conversations_are_swept,
            ]
            conversations: [
                a_conversation_is_read_back_as_it_was_opened,
                conversations_of_a_session_come_newest_first,
                messages_are_read_in_order_from_a_number_on,
                every_kind_of_message_is_read_back_as_it_was_written,
                the_owner_before_is_told,
                active_conversations_are_the_assistants,
                the_latest_page_is_known,
            ]
            inbox: [
                the_same_client_id_is_one_message,
                the_same_client_id_at_the_same_time_is_one_message,
                numbers_have_no_gap_under_concurrency,
                a_message_to_a_person_waits_for_no_turn,
                a_message_to_nowhere_is_refused,
            ]
            turns: [
                a_turn_sees_what_it_needs,
                a_finished_turn_is_stored_whole,
                a_turn_that_fails_to_be_stored_leaves_nothing,
                messages_are_claimed_one_at_a_time_oldest_first,
                many_workers_answer_each_message_once,
                only_one_of_many_gets_the_claim,
                a_message_that_comes_during_a_look_is_claimed_by_somebody,
                a_claim_that_nobody_learned_of_ends,
                without_its_claim_a_turn_is_refused,
                an_abandoned_message_waits_and_counts,
                a_person_who_takes_over_silences_the_turn,
                a_person_who_came_and_went_silences_the_turn,
                taking_over_and_finishing_at_the_same_time_never_mix,
                history_is_bounded_and_ends_before_the_message,
                memory_is_replaced_whole_for_each_skill,
            ]
            channels: [
                an_arrival_is_taken_once_whatever_brings_it,
                a_number_has_one_conversation_while_it_goes_on,
                a_number_that_gets_a_user_id_stays_the_same_customer,
                a_mail_goes_on_where_it_answers_and_only_for_its_sender,
                a_mail_that_may_be_forged_speaks_for_nobody_who_signed_in,
                a_mail_that_no_machine_may_answer_waits_for_no_turn,
                a_mail_that_may_be_forged_is_so_whatever_happens_while_it_waits,
                a_mail_of_the_same_name_from_another_sender_is_another_mail,
                who_writes_without_end_is_answered_no_more,
                a_number_that_changed_hands_is_a_new_customers,
                who_wants_no_messages_is_known_until_they_do,
                files_are_kept_with_their_message_as_far_as_there_is_room,
                an_address_has_one_short_name,
            ]
            dispatches: [
                what_is_stored_for_a_customer_is_on_its_way,
                a_try_that_the_process_did_not_survive_is_unsure,
                late_news_never_undo_later_ones,
                a_message_in_parts_is_there_with_its_last,
                what_a_provider_failed_to_bring_is_sent_again_as_a_whole,
                what_did_not_reach_the_customer_is_found_behind_what_was_not_meant_to,
                what_was_given_up_can_be_sent_again,
                what_the_closed_window_held_is_sent_when_the_customer_writes,
            ]
            scenario: [
                a_scenario_is_read_back_with_its_last_run,
                only_the_last_runs_are_kept,
                a_customers_scenarios_can_be_forgotten,
            ]
            resolution: [
                a_questions_end_is_kept_with_its_turn,
                silence_settles_what_was_answered_and_nothing_else,
            ]
            desk: [
                a_ticket_is_numbered_and_read_back_as_it_was_written,
                numbers_go_on_after_a_restart,
                a_decision_on_an_older_ticket_leaves_nothing,
                of_many_decisions_on_one_ticket_one_is_stored,
                one_ticket_of_a_conversation_is_at_work,
                a_customer_who_wrote_meanwhile_is_heard,
                all_that_comes_with_a_decision_is_stored,
            ]
            takeover: [
                a_person_writes_only_where_they_have_the_conversation,
                what_a_person_takes_over_waits_for_no_turn,
                a_message_of_a_name_is_stored_once,
                messages_of_people_and_customers_leave_no_gap,
                a_message_is_handed_back_to_the_assistant_once,
                only_a_customers_message_is_handed_back,
                a_turn_from_before_a_person_came_is_refused_after_they_left,
            ]
            handoff: [
                a_handoff_is_stored_with_its_turn,
                a_handoff_that_is_refused_leaves_nothing_of_its_turn,
                a_person_who_took_over_is_told_before_anything_else,
                the_next_turn_knows_the_latest_ticket,
                a_contact_is_kept_with_its_session,
            ]
            tickets: [
                the_most_urgent_comes_first_then_who_waits_longest,
                a_filter_lets_through_what_fits_all_of_it,
                tickets_are_found_by_their_words,
                tickets_are_found_by_what_was_said,
                what_is_due_comes_longest_due_first,
                what_a_ticket_doesnt_know_is_found,
                first_waits_are_of_the_latest_answers,
            ]
            people: [
                people_are_put_changed_and_removed,
                notifications_come_newest_first_until_they_are_read,
                notifications_that_were_read_are_swept_in_time,
                a_draft_is_kept_until_it_is_empty_or_used,
                what_the_customer_saw_never_falls,
            ]
            jobs: [
                jobs_of_a_ticket_are_made_in_their_order,
                a_job_that_failed_is_due_again_later,
                a_job_that_was_given_up_holds_the_later_ones_of_its_ticket,
                a_job_ends_with_what_came_of_it_or_not_at_all,
            ]
            settings: [
                a_setting_is_kept_with_its_line,
            ]
            accounts: [
                an_account_is_read_back_as_it_was_written,
                of_two_changes_at_once_one_is_refused,
                a_name_and_an_address_belong_to_one,
                there_is_always_an_owner,
                only_the_first_account_founds,
                a_session_is_found_with_its_account_until_it_is_ended,
                a_change_of_rights_ends_sessions_with_it,
                an_account_has_so_many_sessions,
                an_invitation_is_taken_once_and_in_time,
                a_token_of_a_program_is_found_until_it_is_ended,
            ]
            insight: [
                whatever_changes_a_conversation_changes_the_figures,
                questions_of_a_skill_are_listed_with_what_came_of_them,
                a_review_is_kept_with_its_line,
                questions_that_ask_for_the_same_are_one_gap,
                the_log_says_how_it_stands_with_what_was_handed_over,
            ]
            search: [
                conversations_are_found_by_their_words,
                conversations_are_found_by_whose_they_are,
            ]
            audit: [
                lines_are_numbered_and_read_both_ways,
                lines_are_found_by_what_is_asked_for,
                lines_are_found_by_plugin_tool_and_conversation,
                how_far_the_audit_was_read_and_signed_is_told,
                many_writers_leave_no_gap,
                a_turn_leaves_its_line_and_its_recording,
                a_turn_that_isnt_stored_leaves_no_line,
                an_erased_subject_is_unreadable_and_the_audit_holds,
                recordings_end_with_their_time,
                a_checkpoint_is_made_once,
                use_is_counted_by_plugin_and_function,
            ]
            ledger: [
                releases_are_kept_with_the_entries_that_say_why,
                a_policys_number_never_falls,
                an_acting_call_is_known_from_its_intent_on,
                a_call_that_wasnt_made_may_be_made,
                the_same_call_under_another_key_is_found,
                only_one_of_many_is_the_first,
                an_erased_answer_isnt_taken_for_none,
            ]
            restart: [
                what_was_cut_off_waits_again,
                attempts_outlive_the_process,
                everything_is_there_again,
                the_audit_goes_on,
            ]
            sign_in: [
                a_message_waits_until_its_session_signs_in,
                signing_in_during_the_turn_is_not_missed,
                a_code_works_once,
                a_code_works_for_its_session_alone,
                a_code_ends,
                a_later_code_replaces_the_earlier,
                too_many_wrong_codes_end_it,
                guesses_at_the_same_time_are_all_counted,
                a_code_is_sent_with_its_delivery_or_not_at_all,
                a_token_id_works_once,
            ]
            outbox: [
                what_is_due_comes_oldest_first,
                a_delivery_that_failed_is_due_again_later,
                a_delivery_that_was_given_up_is_never_due,
                a_delivery_that_arrived_is_gone,
            ]
            catalog: [
                a_catalogue_is_kept_changed_and_read_back,
                another_shops_products_are_forgotten,
                a_failed_fetch_is_noted_and_changes_nothing_else,
            ]
            skills: [
                what_is_decided_about_skills_is_kept,
                new_skills_begin_as_decided,
                the_hub_is_kept,
                requests_are_put_changed_and_taken_back,
                every_decision_leaves_its_line,
                demand_is_counted_by_skill_and_time,
            ]
            knowledge: [
                a_change_of_the_knowledge_is_made_whole,
                every_change_of_an_operator_leaves_its_line,
                uses_of_articles_are_kept_with_them,
                a_source_goes_with_its_pages,
                contradictions_are_hidden_and_shown_again,
            ]
            webhook: [
                endpoints_are_put_changed_and_removed,
                what_happens_is_told_with_what_is_stored,
                what_isnt_stored_isnt_told,
                how_a_conversation_ends_is_told_once,
                states_are_told_when_they_change,
                a_delivery_is_tried_until_it_ends,
                what_was_told_outlives_the_process,
            ]
            privacy: [
                a_customer_is_found_by_every_name,
                an_erased_customer_leaves_numbers,
                a_turn_under_way_brings_nothing_back,
                what_is_too_old_is_erased_and_nothing_else,
                a_session_that_is_over_forgets_who_it_was,
            ]
            operator: [
                articles_are_put_replaced_and_removed,
                integrations_are_put_replaced_and_removed,
                a_store_that_works_answers,
            ]
        }
    };
    (@of $engine:expr; $($subject:ident: [$($test:ident,)*])*) => {
        $(mod $subject {
            #[allow(unused_imports)]
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $test() -> $crate::conformance::Outcome {
                    let engine = $engine;
                    $crate::conformance::in_time($crate::conformance::$subject::$test(&engine)).await
                }
            )*
        })*
    };
}
